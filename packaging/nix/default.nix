# nix-build packaging/nix. The store keeps the names apart from those of other packages: no prefix is needed.
{ pkgs ? import <nixpkgs> { } }:

pkgs.stdenv.mkDerivation rec {
  pname = "sallyport";
  version = "0.2.0";
  src = pkgs.lib.cleanSource ../..;

  nativeBuildInputs = [ pkgs.mandoc ];
  buildInputs = [ pkgs.skalibs pkgs.execline pkgs.c-ares ];

  # configure takes no words that it does not know, and nixpkgs adds some.
  configurePhase = ''
    ./configure --prefix=$out --enable-dns \
      --with-sysdeps=${pkgs.skalibs.lib}/lib/skalibs/sysdeps \
      --with-include=${pkgs.lib.getDev pkgs.skalibs}/include --with-lib=${pkgs.skalibs.lib}/lib \
      --with-include=${pkgs.lib.getDev pkgs.execline}/include --with-lib=${pkgs.execline.lib}/lib
  '';

  meta = {
    # homepage is the url of package/info, if that has one.
    description = "Small UCSPI programs that serve sockets, one step each";
    license = pkgs.lib.licenses.isc;
    platforms = pkgs.lib.platforms.unix;
  };
}
