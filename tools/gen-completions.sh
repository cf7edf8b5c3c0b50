#!/bin/sh
# Writes the completions of bash, zsh and fish for the programs named, from what their --help says, which is made from
# the option table. Started by make in the build directory; a program that cannot run here (a cross build) has none.
# usage: tools/gen-completions.sh OUTPUT-DIRECTORY PREFIX PROGRAM-FILE...

out=$1
prefix=$2
shift 2
mkdir -p "$out/bash" "$out/zsh" "$out/fish" || exit 111

# One line for each option: LETTER|NAME|ARGUMENT|HELP, with - for what there is not.
table()
{
  "$1" --help | awk '
    function row(line) {
      letter = substr(line, 3, 1) == "-" ? substr(line, 4, 1) : "-"
      rest = substr(line, 9)
      match(rest, /^[^ =]+/)
      name = substr(rest, 1, RLENGTH)
      rest = substr(rest, RLENGTH + 1)
      argument = "-"
      if (substr(rest, 1, 1) == "=") { match(rest, /^=[^ ]+/); argument = substr(rest, 2, RLENGTH - 1); rest = substr(rest, RLENGTH + 1) }
      sub(/^ +/, "", rest)
      pending = letter "|" name "|" argument
      if (rest != "") { print pending "|" rest; pending = "" }
    }
    pending != "" && /^          / { sub(/^ +/, ""); print pending "|" $0; pending = ""; next }
    /^  (-.,|   ) --/ { row($0) }'
}

# Everything that the shells would take for themselves.
quoted() { case $1 in *\'*) printf %s "$1" | sed "s/'/'\\\\''/g" ;; *) printf %s "$1" ;; esac; }

words_of() { awk -F'|' -v with="$1" '($3 != "-") == with { if ($1 != "-") printf " -%s", $1; printf " --%s", $2 }'; }

bash_file()
{
  switches=$(words_of 0 < "$2") valued=$(words_of 1 < "$2")
  function=_sallyport_$(printf %s "$1" | tr -c 'A-Za-z0-9' _)
  cat <<END
# bash completion for $1
$function()
{
  local word=\${COMP_WORDS[COMP_CWORD]} i=1
  while ((i < COMP_CWORD)); do
    case \${COMP_WORDS[i]} in
      --) COMPREPLY=(\$(compgen -c -f -- "\$word")); return ;;
$(test -z "$valued" || echo "      $(echo $valued | sed 's/ /|/g')) ((i++)) ;;")
      -*) ;;
      *) COMPREPLY=(\$(compgen -c -f -- "\$word")); return ;;
    esac
    ((i++))
  done
  if ((i > COMP_CWORD)); then COMPREPLY=(\$(compgen -f -- "\$word")); return; fi
  case \$word in
    -*) COMPREPLY=(\$(compgen -W '$switches$valued' -- "\$word")) ;;
    *) COMPREPLY=(\$(compgen -c -f -- "\$word")) ;;
  esac
}
complete -o filenames -F $function $1
END
}

zsh_file()
{
  echo "#compdef $1"
  echo "_arguments -s -S -A '-*' \\"
  while IFS='|' read -r letter name argument help; do
    case $help in *[]:[]*) help=$(printf %s "$help" | sed 's/[]:[]/\\&/g') ;; esac
    help=$(quoted "$help")
    if test "$argument" = -; then value= equals=; else value=":$(quoted "$(printf %s "$argument" | tr : ' ')"):_files" equals==; fi
    if test "$letter" = -; then
      echo "  '--$name$equals[$help]$value' \\"
    else
      echo "  '(-$letter --$name)'{-$letter$(test -z "$equals" || echo +),--$name$equals}'[$help]$value' \\"
    fi
  done < "$2"
  echo "  '*::program:_normal'"
}

fish_file()
{
  echo "# fish completion for $1"
  while IFS='|' read -r letter name argument help; do
    short= value=
    test "$letter" = - || short=" -s $letter"
    test "$argument" = - || value=" -r"
    echo "complete -c $1$short -l $name$value -d '$(quoted "$help")'"
  done < "$2"
}

for program; do
  command=$prefix${program##*/}
  if ! table "$program" > "$out/table" 2> /dev/null || ! test -s "$out/table"; then
    echo "completions: $command does not run here: it gets none" >&2
    continue
  fi
  bash_file "$command" "$out/table" > "$out/bash/$command" &&
  zsh_file "$command" "$out/table" > "$out/zsh/_$command" &&
  fish_file "$command" "$out/table" > "$out/fish/$command.fish" || exit 111
done
rm -f "$out/table"
