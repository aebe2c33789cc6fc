#!/usr/bin/env bash
# Runs kubectl's own shell tests against a server that is there already. The working directory is a copy of the folders of
# kubernetes that they use; it stands for what hack/make-rules/test-cmd.sh does, without building and starting programs.
#
#   KUBECTL          the kubectl to test
#   SECURE_API_PORT  where the server listens, with the tokens of hack/testdata/auth-tokens.csv
#   LOGS             a folder for the output of each test
#   TESTS            which tests to run, in upstream's order; empty for all
#   PART, PARTS      run every PARTSth test, from the PARTth on: others run the others against servers of their own
#
# Prints `ok NAME` or `not ok NAME` for each.

set -o errexit
set -o nounset
set -o pipefail

export TERM="${TERM:-xterm}"
# kubectl is not built from the commit that the server was built from.
export ALLOW_SKEW=1
mkdir -p _output/bin
ln -sf "${KUBECTL}" _output/bin/kubectl

source hack/lib/init.sh
source hack/lib/test.sh
source test/cmd/legacy-script.sh

# Nothing is built, and there is no etcd.
make() { :; }
kube::etcd::start() { :; }
kube::etcd::cleanup() { :; }

driven_count=-1

# A test runs as legacy-script.sh would run it: in a shell of its own, evaluated, without errexit until it sets that itself.
record_command() {
  # The tests see this shell's variables, so the names must not be theirs.
  local driven_test="$1"
  [[ -z "${TESTS}" || " ${TESTS} " == *" ${driven_test} "* ]] || return 0
  driven_count=$((driven_count + 1))
  [[ $((driven_count % PARTS)) -eq ${PART} ]] || return 0
  set +o nounset
  set +o errexit
  local driven_since=${SECONDS}
  (eval "$*") >"${LOGS}/${driven_test}.log" 2>&1 </dev/null
  local driven_code=$?
  if [[ ${driven_code} -eq 0 ]]; then
    echo "ok ${driven_test} ($((SECONDS - driven_since)) s)" >&3
  else
    echo "not ok ${driven_test}: exit code ${driven_code} ($((SECONDS - driven_since)) s)" >&3
  fi
  set -o nounset
  set -o errexit
}

# The node that upstream's script makes, since no kubelet runs.
create_node() {
  kubectl create -f - <<'NODE'
apiVersion: v1
kind: Node
metadata:
  name: 127.0.0.1
  annotations:
    save-managers: "true"
status:
  capacity:
    memory: 1Gi
NODE
}

exec 3>&1 >"${LOGS}/between.log" 2>&1
setup
create_node
export SUPPORTED_RESOURCES=("*")
runTests
