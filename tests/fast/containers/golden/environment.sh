#!/bin/sh
export PATH="/opt/bin:$PATH"
export ODD="a \"b\" \`c\` \$d ${PATH} \$(e) {{ f }}"
