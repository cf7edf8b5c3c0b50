#!/bin/sh
# Writes the completions of bash, zsh and fish for the programs named, from what their --help prints, which is made
# from the option table. Started by make in the build directory; a program that cannot run here (a cross build) has none.
#
# What can be completed follows from the name of an argument or operand: see actions. The operand "prog..." is a command
# line of its own: its words are completed as they would be without our program, so that chains of any length work.
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

# The operands, from "usage: PROGRAM [options] ip port prog...".
operands_of() { "$1" --help | sed -n '1s/^usage: [^ ]* \[options\] *//p' | tr -d '.'; }

# What stands for an argument or operand of that name: file, directory, account, uid, gid, interface, host, command, or
# nothing, where any offer would be a wrong one.
actions()
{
  case $1 in
    FILE | PATH | path | cdbfile) echo file ;;
    DIR | dir) echo directory ;;
    account) echo account ;;
    UID) echo uid ;;
    GID) echo gid ;;
    USER) echo account ;;
    GROUP) echo group ;;
    IF) echo interface ;;
    host) echo host ;;
    prog) echo command ;;
    *) echo nothing ;;
  esac
}

# Everything that the shells would take for themselves.
quoted() { case $1 in *\'*) printf %s "$1" | sed "s/'/'\\\\''/g" ;; *) printf %s "$1" ;; esac; }

# " -c:nothing --max-clients:nothing": the options with an argument, and what stands for it.
valued_of()
{
  while IFS='|' read -r letter name argument help; do
    test "$argument" != - || continue
    action=$(actions "$argument")
    test "$letter" = - || printf ' -%s:%s' "$letter" "$action"
    printf ' --%s:%s' "$name" "$action"
  done
}

switches_of() { awk -F'|' '$3 == "-" { if ($1 != "-") printf " -%s", $1; printf " --%s", $2 }'; }

operand_actions() { for operand in $1; do printf ' %s' "$(actions "$operand")"; done; }

bash_file()
{
  function=_sallyport_$(printf %s "$1" | tr -c 'A-Za-z0-9' _)
  cat <<'END'
# bash completion, made from the option table

_sallyport_offer()
{
  case $1 in
    file) COMPREPLY=($(compgen -f -- "$2")) ;;
    directory) COMPREPLY=($(compgen -d -- "$2")) ;;
    account) COMPREPLY=($(compgen -u -- "$2")) ;;
    group) COMPREPLY=($(compgen -g -- "$2")) ;;
    uid) COMPREPLY=($(compgen -W "$(getent passwd | cut -d : -f 3)" -- "$2")) ;;
    gid) COMPREPLY=($(compgen -W "$(getent group | cut -d : -f 3)" -- "$2")) ;;
    interface) COMPREPLY=($(compgen -W "$(ls /sys/class/net 2> /dev/null)" -- "$2")) ;;
    host) COMPREPLY=($(compgen -A hostname -- "$2")) ;;
    command) COMPREPLY=($(compgen -c -- "$2") $(compgen -f -- "$2")) ;;
    *) COMPREPLY=() ;;
  esac
}

# The words from $1 on are a command line of their own.
_sallyport_chain()
{
  local program=${COMP_WORDS[$1]} function
  if declare -F _comp_command_offset > /dev/null; then _comp_command_offset "$1"; return; fi
  if declare -F _command_offset > /dev/null; then _command_offset "$1"; return; fi
  complete -p "$program" > /dev/null 2>&1 || test ! -f "$_sallyport_folder/${program##*/}" || . "$_sallyport_folder/${program##*/}"
  function=$(complete -p "${program##*/}" 2> /dev/null | sed -n 's/.* -F \([^ ]*\) .*/\1/p')
  COMP_WORDS=("${COMP_WORDS[@]:$1}")
  ((COMP_CWORD -= $1))
  if test -n "$function"; then "$function" "$program" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
  else _sallyport_offer file "${COMP_WORDS[COMP_CWORD]}"; fi
}

# What an option's argument is, if that argument is the next word.
_sallyport_argument_of()
{
  local option=$1 entry
  case $option in
    --*) ;;
    *)
      while test ${#option} -gt 2; do
        case $2 in *" ${option:0:2}:"*) return 1 ;; esac
        option=-${option:2}
      done ;;
  esac
  for entry in $2; do
    test "${entry%:*}" != "$option" || { _sallyport_action=${entry##*:}; return 0; }
  done
  return 1
}

# $1: what the operands are; $2: options without an argument; $3: options with one, each with what that is.
_sallyport_complete()
{
  local word=${COMP_WORDS[COMP_CWORD]} i=1 options=yes _sallyport_action operand
  local -a operands=($1)
  while ((i < COMP_CWORD)); do
    case ${COMP_WORDS[i]} in
      --) options=no; ((i++)); break ;;
      -*) ;;
      *) options=no; break ;;
    esac
    if _sallyport_argument_of "${COMP_WORDS[i]}" "$3"; then
      ((i++))
      test "${COMP_WORDS[i]}" != = || ((i++))
      test "$word" != = || word=
      if ((i >= COMP_CWORD)); then _sallyport_offer "$_sallyport_action" "$word"; return; fi
    fi
    ((i++))
  done
  if test $options = yes; then
    case $word in -*) COMPREPLY=($(compgen -W "$2 $(printf '%s\n' $3 | sed 's/:[a-z]*$//')" -- "$word")); return ;; esac
  fi
  for operand in "${operands[@]}"; do
    if ((i == COMP_CWORD)); then _sallyport_offer "$operand" "$word"; return; fi
    if test "$operand" = command; then _sallyport_chain "$i"; return; fi
    ((i++))
  done
  COMPREPLY=()
}

_sallyport_folder=${BASH_SOURCE[0]%/*}
END
  cat <<END
$function() { _sallyport_complete '$(operand_actions "$3")' '$(switches_of < "$2")' '$(valued_of < "$2") '; }
complete -o filenames -F $function $1$(test "$1" = "$4" || echo " $4")
END
}

# The action of _arguments for each; an empty list offers nothing.
zsh_action()
{
  case $1 in
    file) echo _files ;;
    directory) echo '_files -/' ;;
    account) echo _users ;;
    group) echo _groups ;;
    uid) echo '_wanted uids expl uid compadd -- ${(f)"$(getent passwd | cut -d \: -f 3)"}' ;;
    gid) echo '_wanted gids expl gid compadd -- ${(f)"$(getent group | cut -d \: -f 3)"}' ;;
    interface) echo _net_interfaces ;;
    host) echo _hosts ;;
    *) echo '()' ;;
  esac
}

zsh_file()
{
  echo "#compdef $1$(test "$1" = "$4" || echo " $4")"
  echo "_arguments -s -S -A '-*' \\"
  while IFS='|' read -r letter name argument help; do
    case $help in *[]:[]*) help=$(printf %s "$help" | sed 's/[]:[]/\\&/g') ;; esac
    help=$(quoted "$help")
    if test "$argument" = -; then value= equals=
    else value=":$(quoted "$(printf %s "$argument" | tr : ' ')"):$(quoted "$(zsh_action "$(actions "$argument")")")" equals==
    fi
    if test "$letter" = -; then
      echo "  '--$name$equals[$help]$value' \\"
    else
      echo "  '(-$letter --$name)'{-$letter$(test -z "$equals" || echo +),--$name$equals}'[$help]$value' \\"
    fi
  done < "$2"
  number=1
  for operand in $3; do
    if test "$operand" = prog; then echo "  '*:::program:_normal'"
    else echo "  '$number:$operand:$(zsh_action "$(actions "$operand")")' \\"
    fi
    number=$((number + 1))
  done
  case " $3" in *\ prog) ;; *) echo "  && return" ;; esac
}

# fish's own words for each.
fish_action()
{
  case $1 in
    file) echo '__fish_complete_path (commandline -ct)' ;;
    directory) echo '__fish_complete_directories (commandline -ct)' ;;
    account) echo __fish_complete_users ;;
    group) echo __fish_complete_groups ;;
    uid) echo 'getent passwd | string replace -r "^([^:]*):[^:]*:([^:]*):.*" "\$2\t\$1"' ;;
    gid) echo 'getent group | string replace -r "^([^:]*):[^:]*:([^:]*):.*" "\$2\t\$1"' ;;
    interface) echo __fish_print_interfaces ;;
    host) echo __fish_print_hostnames ;;
    *) echo ;;
  esac
}

fish_file()
{
  function=__sallyport_$(printf %s "$1" | tr -c 'A-Za-z0-9' _)
  cat <<END
# fish completion, made from the option table

# The operands and the program's words on the line, the one being typed included.
function ${function}_operands
  set -l words (commandline -opc) (commandline -ct)
  set -e words[1]
  while set -q words[2]
    switch \$words[1]
      case --
        set -e words[1]
        break
$(for entry in $(valued_of < "$2"); do echo "      case '${entry%:*}'"; echo "        set -e words[1]"; done)
      case '-*'
      case '*'
        break
    end
    set -e words[1]
  end
  printf '%s\n' \$words
end

function $function
  set -l words (${function}_operands)
END
  number=1
  for operand in $3; do
    if test "$operand" = prog; then
      cat <<END
  set -q words[$((number + 1))]; and complete -C (string join ' ' -- (string escape -- \$words[$number..-2]) "\$words[-1]"); and return
  test (count \$words) -eq $number; and complete -C "\$words[$number]"
END
    else
      echo "  if test (count \$words) -le $number"
      action=$(fish_action "$(actions "$operand")")
      test -z "$action" || echo "    $action"
      echo "    return"
      echo "  end"
    fi
    number=$((number + 1))
  done
  echo end
  for name in "$1" $(test "$1" = "$4" || echo "$4"); do
    echo "complete -c $name -x -a '($function)'"
    while IFS='|' read -r letter long argument help; do
      short= value=
      test "$letter" = - || short=" -s $letter"
      if test "$argument" != -; then
        action=$(fish_action "$(actions "$argument")")
        value=" -x$(test -z "$action" || printf " -a '(%s)'" "$(quoted "$action")")"
      fi
      echo "complete -c $name$short -l $long$value -d '$(quoted "$help")'"
    done < "$2"
  done
}

for program; do
  plain=${program##*/}
  command=$prefix$plain
  if ! table "$program" > "$out/table" 2> /dev/null || ! test -s "$out/table"; then
    echo "completions: $command does not run here: it gets none" >&2
    continue
  fi
  operands=$(operands_of "$program")
  bash_file "$command" "$out/table" "$operands" "$plain" > "$out/bash/$command" &&
  zsh_file "$command" "$out/table" "$operands" "$plain" > "$out/zsh/_$command" &&
  fish_file "$command" "$out/table" "$operands" "$plain" > "$out/fish/$command.fish" || exit 111
done
rm -f "$out/table"
