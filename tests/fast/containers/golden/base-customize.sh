#!/bin/sh
set -eu
rm -f "$1"/etc/apt/sources.list.d/*
printf %s 'deb http://mirror.example/debian trixie main
' > "$1/etc/apt/sources.list"
# Where an app lives (the A||GO contract).
mkdir -p "$1/home/allgo"
# Pages are left out, their folders are not: packages such as a Java runtime make links there and fail without.
for section in 1 2 3 4 5 6 7 8; do mkdir -p "$1/usr/share/man/man$section"; done
# A container without a network still has its own name for itself.
printf '127.0.0.1 localhost\n::1 localhost\n' > "$1/etc/hosts"
rm -rf "$1"/var/cache/apt/*.bin "$1"/var/log/*.log "$1"/var/log/apt "$1"/var/cache/debconf/*-old
