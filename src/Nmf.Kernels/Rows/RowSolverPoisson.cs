using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// Kullback-Leibler activations of one row: <c>min Σ_k s_k h_k - Σ_j v_j log y_j</c> with y = W h at the non-zeros and
/// s the column sums of W. Each Newton step minimises the quadratic model of the objective over h ≥ 0 exactly
/// (sequential quadratic programming; Lee, Sun and Saunders, "Proximal Newton-type methods for minimizing composite
/// functions", 2014) and is shortened where the objective would not be sure to fall; three or four are usual.
/// </summary>
/// <remarks>
/// ℓ1 and ℓ2 penalties of the activations add to the derivatives; they do not change what makes a step safe, since
/// their third derivative is zero. The rows of W at the non-zeros are gathered once, transposed, so that a component is
/// contiguous over the non-zeros; a row that is nearly full uses a transposed dictionary instead. A Newton step on n
/// components costs n² / 2 multiplications per non-zero: with many components coordinate sweeps with damped scalar
/// Newton steps (Hien and Gillis 2021) come first, to find out which of them are positive.
/// </remarks>
internal sealed unsafe class PoissonRows<TVector, TSimd, T> : RowAlgorithm<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // With more components than this a few sweeps cost less than the matrix of a Newton step.
    private const int MostComponentsAtOnce = 64;
    private const int MostRoundsOfSweeps = 3;
    private const int SweepsOverSupport = 2;

    private readonly RowDictionary<T> _dictionary;
    private readonly Matrix<T> _columns;
    private readonly Matrix<double> _information;
    private readonly double _tolerance;
    private readonly int _maximumIterations;
    private readonly PreparedRowPenalty? _penalty;

    public PoissonRows(
        RowDictionary<T> dictionary, double tolerance, int maximumIterations, PreparedRowPenalty? penalty)
    {
        _penalty = penalty;
        (_dictionary, _tolerance, _maximumIterations) = (dictionary, tolerance, maximumIterations);
        _columns = new Matrix<T>(dictionary.Rank, PoissonRow<TVector, TSimd, T>.Padded(dictionary.Features));
        for (var f = 0; f < dictionary.Features; f++)
        {
            for (var k = 0; k < dictionary.Rank; k++)
                _columns[k, f] = dictionary.Rows[f, k];
        }

        _information = FlatInformation();
    }

    public override bool VisitsZeros => false;

    public override int Solve(int count, RowSolver<T>.Scratch scratch)
    {
        var problem = new PoissonRow<TVector, TSimd, T>(_dictionary, _columns, _penalty, count, scratch);
        problem.ComputeModel();
        for (var iteration = 1; iteration <= _maximumIterations; iteration++)
        {
            if (problem.FindMoves() <= _tolerance)
                return iteration;
            var many = problem.Movable > MostComponentsAtOnce && iteration <= MostRoundsOfSweeps;
            if (!many && (iteration == 1 ? problem.FirstStep(_information) : problem.NewtonStep()))
                continue;
            problem.Sweep(all: true);
            for (var sweep = 0; sweep < SweepsOverSupport; sweep++)
                problem.Sweep(all: false);
            problem.ComputeModel();
        }

        scratch.Converged = false;
        return _maximumIterations;
    }

    // Σ_f w wᵀ / Σ_k w_k: the expected curvature at flat activations of one.
    private Matrix<double> FlatInformation()
    {
        var (rank, length) = (_dictionary.Rank, _columns.Columns);
        var information = new Matrix<double>(rank, rank);
        if (rank > MostComponentsAtOnce)
            return information;
        const int Block = WeightedGram<TVector, TSimd, T>.Block;
        var memory = new Matrix<T>(Block + 1, length);
        for (var f = 0; f < _dictionary.Features; f++)
        {
            var sum = T.Zero;
            for (var k = 0; k < rank; k++)
                sum += _columns[k, f];
            memory[Block, f] = sum > T.Zero ? T.One / sum : T.Zero;
        }

        var list = stackalloc T*[MostComponentsAtOnce];
        for (var k = 0; k < rank; k++)
            list[k] = _columns.Data + (k * _columns.Stride);
        WeightedGram<TVector, TSimd, T>.Compute(
            memory.Data + (Block * memory.Stride), list, rank, length, memory.Data, information.Data,
            (int)information.Stride);
        GC.KeepAlive(memory);
        return information;
    }
}
