#!/usr/bin/env bash
# Puts the library beside its peers on this machine, and writes the section of its instruction set in perf/RESULTS.md.
#
#   perf/compare.sh [part ...]        parts: machine peak kl is beta fro skl sfro transform growth first onnx   (default: all, about 30 minutes)
#
# A part that is named is measured again; the section is made from the latest run of every part. Library and peer take turns, on one thread
# and on two, so that a slow minute of the machine does not fall on one of them. KEEP=1 adds the new turns of a part to those that are
# there, for both sides, which is what to do when the machine was busy. The table is written after every part, and a program that fails or hangs
# (ten minutes) costs its lines alone.
#
#   PEERS_DIR       the peer scripts (default: ../shared/bench beside the repository)
#   NMF_BENCH_DATA  data folders; missing ones are generated (default: WORK/data)
#   PYTHON          an interpreter that has numpy, scipy and scikit-learn (default: /usr/bin/python3)
#   WORK            results of the parts (default: artifacts/compare in the repository, which git ignores)
#   AVX2=1          does without AVX-512, library, OpenBLAS and C kernel alike
#   ROUNDS          turns of library and peer (default 2)
#   QUICK=1         leaves out solvers that nobody gets without asking
#   PUBLISHED       a folder with FirstFit published (README.md), which part first then runs, too
#   RESULTS         the table (default: perf/RESULTS.md)
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(dirname "$here")
PEERS_DIR=$(cd "${PEERS_DIR:-$repository/../shared/bench}" && pwd) || exit 1
PYTHON=${PYTHON:-/usr/bin/python3}
WORK=${WORK:-$repository/artifacts/compare}
ROUNDS=${ROUNDS:-2}
mkdir -p "$WORK"
export NMF_BENCH_DATA=${NMF_BENCH_DATA:-$WORK/data} PYTHONDONTWRITEBYTECODE=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

avx2=${AVX2:-} march=native
grep -q avx512f /proc/cpuinfo || avx2=1
if [ -n "$avx2" ]; then # .NET 8 has the second name
  march=haswell
  export DOTNET_EnableAVX512=0 DOTNET_EnableAVX512F=0 OPENBLAS_CORETYPE=Haswell
fi

FACE="--data face_2429x361 --k 49"
GAMMA="--data gamma_10000x2000 --k 50"
SPEC="--data spec_3000x513 --k 20"
SPEC2="--data spec_6000x513 --k 20"
LDA20="--data lda_30991x15276 --k 20"
LDA200="--data lda_30991x15276 --k 200"

# The other peers, used where they can be imported: module, script, beta, solver.
others="torchnmf bench_torchnmf.py 0 any
torchnmf bench_torchnmf.py 1 any
nmf bench_nmftorch.py 0 mu
nmf bench_nmftorch.py 1 mu
nmf bench_nmftorch.py 2 hals
nonnegfac bench_nonnegfac.py 2 hals
nn_fac bench_nnfac.py 2 hals"

run() { # run COMMAND...: one line of progress, and a line in the results when it fails
  local started=$SECONDS
  if ! timeout 600 "$@" >/dev/null 2>>"$WORK/errors.log"; then
    echo "{\"failed\": \"${*##*/}\"}" >>"$NMF_BENCH_OUT"
    echo "   FAILED: ${*##*/}"
  fi
  echo "   $((SECONDS - started)) s: ${*##*/}"
}

library() { run dotnet "$here/PeerComparison/bin/Release/net10.0/PeerComparison.dll" "$@"; }
peer() { local script=$1; shift; run "$PYTHON" -W ignore "$PEERS_DIR/$script" "$@"; }
sklearn() { peer bench_sklearn.py "$@"; }

long_run() { # long_run ARGUMENTS...: 200 iterations of scikit-learn, whose objective is the one to reach; KEEP=1 needs it no second time
  [ -n "${KEEP:-}" ] && [ -f "$WORK/$part.jsonl" ] || sklearn "$@" --iters 200 --tag long
}

other_peers() { # other_peers BETA ARGUMENTS...: one run of every further peer that is installed
  local beta=$1 module script its solver
  shift
  while read -r module script its solver; do
    [ "$its" = "$beta" ] && "$PYTHON" -c "import $module" 2>/dev/null || continue
    peer "$script" "$@" --beta "$beta" --threads 1 --budget 5 $([ "$solver" = any ] || echo --solver "$solver")
  done <<<"$others"
}

# turns "CASE" BETA LIBRARY_SOLVER PEER_SOLVER LIBRARY_BUDGET PEER_BUDGET: seconds per iteration, library and scikit-learn in turn
turns() {
  local round threads
  for ((round = 0; round < ROUNDS; round++)); do
    for threads in 1 2; do
      library $1 --beta "$2" --solver "$3" --threads $threads --budget "$5"
      sklearn $1 --beta "$2" --solver "$4" --threads $threads --budget "$6"
    done
  done
}

# default_solver "CASE" BETA BUDGET: objective over time of the solver that a user gets without asking
default_solver() {
  local round threads
  for ((round = 0; round < ROUNDS; round++)); do
    for threads in 1 2; do
      library $1 --beta "$2" --solver auto --threads $threads --iters 1000 --budget "$3" --tag default
    done
  done
}

# another_solver "CASE" BETA SOLVER BUDGET: the same for a solver that is not the default
another_solver() {
  local threads
  [ -z "${QUICK:-}" ] || return 0
  for threads in 1 2; do
    library $1 --beta "$2" --solver "$3" --threads $threads --iters 1000 --budget "$4" --tag solver
  done
}

sketched() { # sketched "CASE" BETA BUDGET: the default solver from the same start, improved on a sketch of the data first
  local threads
  for threads in 1 2; do
    library $1 --beta "$2" --solver auto --warms-up --threads $threads --iters 1000 --budget "$3" --tag solver
  done
}

roof_sparse() { # roof_sparse K: attainable speed of a sparse KL iteration, by the C kernel of the peer scripts
  local program=$WORK/roof_sparse_kl_$1 threads
  gcc -O3 -march=$march -ffast-math -fopenmp -DT=float -DKK="$1" "$PEERS_DIR/roof_sparse_kl.c" -o "$program" || return
  for threads in 1 2; do
    OMP_NUM_THREADS=$threads "$program" "$NMF_BENCH_DATA/lda_30991x15276" >>"$NMF_BENCH_OUT"
  done
}

program() { # program NAME: builds one of perf, or says that it cannot be had
  dotnet build "$here/$1" -c Release -v quiet >/dev/null || { echo "   FAILED: build of $1"; return 1; }
}

need() { # need KIND NAME K...: the data set and its starts, made when they are missing; the name ends in ROWSxCOLUMNS
  local kind=$1 name=$2 k size=${2##*_}
  shift 2
  [ -f "$NMF_BENCH_DATA/$name/meta.json" ] || "$PYTHON" "$PEERS_DIR/gen_data.py" "$kind" --rows "${size%x*}" --cols "${size#*x}" >/dev/null || exit 1
  for k in "$@"; do
    [ -f "$NMF_BENCH_DATA/$name/W0_k${k}_s1.npy" ] || "$PYTHON" "$PEERS_DIR/make_init.py" --data "$name" --k "$k" >/dev/null || exit 1
  done
}

part_machine() {
  "$PYTHON" "$here/machine.py" "$repository" >>"$NMF_BENCH_OUT"
  library --fma-peak --threads 2
  library --stream-triad --threads 2
}

part_peak() {
  need gamma gamma_10000x2000 8 16 20 48 96 200
  local k threads
  library --fma-peak --threads 2
  for k in 8 16 20 48 96 200; do
    for threads in 1 2; do
      library --data gamma_10000x2000 --k $k --beta 1 --solver multiplicativeupdate --threads $threads --iters 20 --budget 3 --tag peak
    done
  done
  library --fma-peak --threads 2
}

part_kl() {
  need face face_2429x361 49
  need gamma gamma_10000x2000 50
  turns "$FACE" 1 multiplicativeupdate mu 3 6
  default_solver "$FACE" 1 3
  sketched "$FACE" 1 3
  another_solver "$FACE" 1 extrapolatednewton 3
  another_solver "$FACE" 1 extrapolatedmultiplicativeupdate 3
  other_peers 1 $FACE
  turns "$GAMMA" 1 multiplicativeupdate mu 4 5
  long_run $GAMMA --beta 1 --solver mu --threads 2 --budget 90
  default_solver "$GAMMA" 1 12
  sketched "$GAMMA" 1 6
  another_solver "$GAMMA" 1 extrapolatednewton 12
  another_solver "$GAMMA" 1 extrapolatedmultiplicativeupdate 8
  other_peers 1 $GAMMA
}

part_is() {
  need spec spec_3000x513 20
  # The update with the exponent 1/2 is the one that scikit-learn does: the same work and the same iterates.
  turns "$SPEC" 0 majorizationminimization mu 3 8
  default_solver "$SPEC" 0 3
  sketched "$SPEC" 0 3
  other_peers 0 $SPEC
  need spec spec_6000x513 20
  turns "$SPEC2" 0 majorizationminimization mu 3 8
  default_solver "$SPEC2" 0 3
  sketched "$SPEC2" 0 3
}

part_beta() {
  need face face_2429x361 49
  turns "$FACE" 0.5 majorizationminimization mu 3 4
  turns "$FACE" 1.3 multiplicativeupdate mu 3 4
}

part_fro() {
  need face face_2429x361 49
  need gamma gamma_10000x2000 50
  turns "$FACE" 2 hals cd 3 6
  default_solver "$FACE" 2 3
  sketched "$FACE" 2 3
  other_peers 2 $FACE
  turns "$GAMMA" 2 hals cd 4 5
  long_run $GAMMA --beta 2 --solver cd --threads 2 --budget 40
  default_solver "$GAMMA" 2 6
  sketched "$GAMMA" 2 6
  other_peers 2 $GAMMA
}

part_skl() {
  need lda lda_30991x15276 20 200
  roof_sparse 20
  turns "$LDA20" 1 multiplicativeupdate mu 3 5
  roof_sparse 20
  default_solver "$LDA20" 1 5
  sketched "$LDA20" 1 5
  another_solver "$LDA20" 1 extrapolatednewton 5
  long_run $LDA20 --beta 1 --solver mu --threads 1 --budget 150
  roof_sparse 200
  library $LDA200 --beta 1 --solver multiplicativeupdate --threads 1 --budget 4
  sklearn $LDA200 --beta 1 --solver mu --threads 1 --iters 10 --budget 150 # the objective of ten is the one to reach
  library $LDA200 --beta 1 --solver multiplicativeupdate --threads 2 --budget 4
  sklearn $LDA200 --beta 1 --solver mu --threads 2 --budget 10
  default_solver "$LDA200" 1 5
  sketched "$LDA200" 1 5
  roof_sparse 200
}

part_sfro() {
  need lda lda_30991x15276 20
  turns "$LDA20" 2 hals cd 3 5
  long_run $LDA20 --beta 2 --solver cd --threads 1 --budget 60
  default_solver "$LDA20" 2 5
  sketched "$LDA20" 2 5
  other_peers 2 $LDA20
}

part_transform() {
  need face face_2429x361 49
  need gamma gamma_10000x2000 50
  need lda lda_30991x15276 20
  local threads
  for threads in 1 2; do
    library --transform $FACE --beta 1 --iters 50 --threads $threads --budget 6
    peer bench_transform.py $FACE --beta 1 --solver mu --iters 50 --threads $threads --budget 6
    library --transform $FACE --beta 2 --iters 50 --threads $threads --budget 6
    peer bench_transform.py $FACE --beta 2 --solver cd --iters 50 --threads $threads --budget 6
    library --transform $GAMMA --beta 1 --iters 50 --threads $threads --budget 6
    peer bench_transform.py $GAMMA --beta 1 --solver mu --iters 50 --threads $threads --budget 6
    library --transform $LDA20 --beta 1 --iters 10 --threads $threads --budget 6 --row-nnz 100
    peer bench_transform.py $LDA20 --beta 1 --solver mu --iters 10 --threads $threads --budget 6
    library --transform $LDA20 --beta 2 --iters 50 --threads $threads --budget 6 --row-nnz 100
    peer bench_transform.py $LDA20 --beta 2 --solver cd --iters 50 --threads $threads --budget 6
  done
}

part_growth() { # one picture for each instruction set
  library --growth --threads 1 --out "$WORK"
  cp "$WORK/growth.png" "$here/$([ -n "$avx2" ] && echo growth-avx2 || echo growth).png"
}

# A fresh process, from its start to the saved model.
part_first() {
  program FirstFit || return
  "$PYTHON" "$here/first_fit.py" "$PEERS_DIR/../data" $((ROUNDS + 1)) ${PUBLISHED:+"$PUBLISHED"} >>"$NMF_BENCH_OUT"
}

# Exported models in OnnxRuntime beside the transformers that they were made from.
part_onnx() {
  program OnnxRates || return
  local case
  for case in "$PEERS_DIR/../data/images/digits.csv.gz:64 10" "mixtures 20" "counts 20"; do
    run dotnet "$here/OnnxRates/bin/Release/net10.0/OnnxRates.dll" $case 2
    run dotnet "$here/OnnxRates/bin/Release/net10.0/OnnxRates.dll" $case 1
  done
}

program PeerComparison || exit 1
[ -f "$WORK/machine.jsonl" ] || [[ " ${*:-machine} " == *" machine "* ]] || set -- machine "$@"
for part in ${@:-machine peak kl is beta fro skl sfro transform growth first onnx}; do
  declare -F "part_$part" >/dev/null || { echo "There is no part $part." >&2; exit 2; }
  started=$SECONDS
  echo "== $part, $(date -u +%H:%M) UTC"
  export NMF_BENCH_OUT=$WORK/$part.jsonl.new
  printf '{"part": "%s", "date": "%s", "commit": "%s"}\n' "$part" "$(date -u +%Y-%m-%dT%H:%MZ)" \
    "$(git -C "$repository" rev-parse --short HEAD)" >"$NMF_BENCH_OUT"
  "part_$part"
  if [ -n "${KEEP:-}" ] && [ -f "$WORK/$part.jsonl" ]; then
    cat "$NMF_BENCH_OUT" >>"$WORK/$part.jsonl"
    rm "$NMF_BENCH_OUT"
  else
    mv "$NMF_BENCH_OUT" "$WORK/$part.jsonl"
  fi
  AVX2=$avx2 "$PYTHON" "$here/tabulate.py" "$WORK" "${RESULTS:-$here/RESULTS.md}"
  echo "   $part: $((SECONDS - started)) s"
done
