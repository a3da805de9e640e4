umask 022
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
put() { # what, destination, own name, merge
    if [ -d "$1" ] && [ "$4" = yes ]; then mkdir -p -- "$2" && cp -R -p -- "$1/." "$2/"; return; fi
    case $2 in */) mkdir -p -- "$2" ;; *) mkdir -p -- "$(dirname -- "$2")" ;; esac
    if [ -d "$2" ]; then cp -R -p -- "$1" "${2%/}/$3"; else cp -R -p -- "$1" "$2"; fi
}
echo 'Step 1 of 5: run apt-get update && apt-get install -y jq'
(
/bin/sh -c 'apt-get update && apt-get install -y jq'
)
echo 'Step 2 of 5: copy files to /opt/files'
put /.allgo-recipe/2 /opt/files files yes
echo 'Step 3 of 5: copy it'"'"'s.sh to /usr/local/bin/'
put /.allgo-recipe/3 /usr/local/bin/ 'it'"'"'s.sh' no
echo 'Step 4 of 5: run printf '"'"'%s\n'"'"' {{ x }}'
(
/bin/sh -ec '# a comment
printf '"'"'%s\n'"'"' {{ x }}
  % not a section'
)
echo 'Step 5 of 5: run make'
(
export PREFIX="/usr/local"
mkdir -p /opt/files && cd /opt/files
/bin/sh -c make
)
