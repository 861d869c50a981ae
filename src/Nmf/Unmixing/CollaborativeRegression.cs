using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Collaborative sparse regression, <c>min ½‖Y - A X‖² + Σ_m λ_m ‖x_m‖₂</c> over X ≥ 0, x_m being row m of X: CLSUnSAL
/// (Iordache, Bioucas-Dias and Plaza 2014) for the spectra in play alone. Rounds begin with the conditions of the
/// optimum for all spectra; those that violate them most come into play, those without abundance leave. It ends where
/// the duality gap is small: with residual R = Y - A X the dual point s R, s ≤ 1 so large that no ‖(s a_mᵀR)₊‖ is above
/// its λ_m, has the value s⟨Y, R⟩ - s²‖R‖²/2.
/// </summary>
/// <remarks>All in double; sums over pixels are added up in blocks, so that threads do not matter.</remarks>
internal sealed class CollaborativeRegression<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal const int PixelsOfBlock = 64;

    private const int MostToEnter = 16;

    // What a round leaves of the gap to the next, which has more spectra in play.
    private const double PartOfRound = 0.3;

    // Of the energy of the data: what rounding leaves of a gap.
    private const double Rounding = 1e-13;

    private readonly NmfData<T> _data;
    private readonly Matrix<double> _spectra;
    private readonly double[] _lambda;
    private readonly WorkTeam _team;
    private readonly CancellationToken _cancellationToken;
    private readonly double[][] _scratch;
    private readonly Matrix<double> _partial;
    private readonly double[] _sums;

    /// <param name="data">Pixels x bands.</param>
    /// <param name="spectra">A, bands x spectra.</param>
    /// <param name="lambda">λ_m, greater than 0.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="cancellationToken">Looked at in every block of pixels.</param>
    public CollaborativeRegression(
        NmfData<T> data, Matrix<double> spectra, double[] lambda, WorkTeam team, CancellationToken cancellationToken)
    {
        (_data, _spectra, _lambda, _team) = (data, spectra, lambda, team);
        _cancellationToken = cancellationToken;
        _scratch = new double[team.Threads][];
        for (var i = 0; i < _scratch.Length; i++)
            _scratch[i] = new double[data.Features + spectra.Columns];
        _sums = new double[spectra.Columns + 2];
        _partial = new Matrix<double>((data.Samples + PixelsOfBlock - 1) / PixelsOfBlock, _sums.Length);
        Abundances = new Matrix<double>(data.Samples, 0);
    }

    /// <summary>Numbers of the spectra with an abundance, increasing.</summary>
    public int[] Present { get; private set; } = [];

    /// <summary>X of these, pixels x spectra.</summary>
    public Matrix<double> Abundances { get; private set; }

    public FitReport Run(double tolerance, int maximumIterations, IProgress<FitProgress>? progress)
    {
        var clock = Stopwatch.StartNew();
        var history = new List<ObjectivePoint>();
        for (var iterations = 0; ;)
        {
            SharedWork.Run(_team, this, _partial, _sums);
            var point = DualityGap.Of(_sums, _lambda, Present.Select((m, k) => _lambda[m] * Length(k)).Sum());
            history.Add(new ObjectivePoint(iterations, point.Objective, clock.Elapsed));
            progress?.Report(new FitProgress(0, 1, iterations, maximumIterations, point.Objective));
            if (point.IsBelow(tolerance, Rounding * _data.SumOfSquares))
                return new FitReport(history, iterations, StopReason.Converged);
            if (iterations >= maximumIterations)
                return new FitReport(history, iterations, StopReason.MaximumIterations);
            Enter(Violating());
            var round = new CollaborativeRound<T>(
                _data, _spectra, Present, [.. Present.Select(m => _lambda[m])], Abundances, _team, _cancellationToken);
            iterations += round.Solve(
                PartOfRound * tolerance, Rounding * _data.SumOfSquares, maximumIterations - iterations);
            DropAbsent();
        }
    }

    // The sums are those of the squares of gradients downhill, of ⟨Y, R⟩ and of ‖R‖².
    void IBlockWork.Run(int block, int worker)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        var sums = _partial.Row(block);
        sums.Clear();
        var to = Math.Min(_data.Samples, (block + 1) * PixelsOfBlock);
        for (var n = block * PixelsOfBlock; n < to; n++)
            AddConditions(n, _scratch[worker], sums);
    }

    private void AddConditions(int n, Span<double> scratch, Span<double> sums)
    {
        var (bands, spectra) = (_data.Features, _spectra.Columns);
        var rest = scratch[..bands];
        var gradient = scratch.Slice(bands, spectra);
        _data.CopySample(n, rest);
        ReadOnlySpan<double> x = Abundances.Row(n);
        double inner = 0, residual = 0;
        gradient.Clear();
        for (var f = 0; f < bands; f++)
        {
            ReadOnlySpan<double> row = _spectra.Row(f);
            var value = rest[f];
            for (var k = 0; k < x.Length; k++)
                rest[f] -= row[Present[k]] * x[k];
            inner += value * rest[f];
            residual += rest[f] * rest[f];
            TensorPrimitives.MultiplyAdd(row, rest[f], gradient, gradient);
        }

        DualityGap.Add(gradient, inner, residual, sums);
    }

    private double Length(int k)
    {
        double sum = 0;
        for (var n = 0; n < Abundances.Rows; n++)
            sum += Abundances[n, k] * Abundances[n, k];
        return Math.Sqrt(sum);
    }

    // Of the spectra out of play those that violate their conditions most.
    private int[] Violating()
    {
        double[] ratios = [.. _lambda.Select((lambda, m) => Math.Sqrt(_sums[m]) / lambda)];
        return
        [
            .. Enumerable.Range(0, ratios.Length).Where(m => ratios[m] > 1 && Array.IndexOf(Present, m) < 0)
                .OrderByDescending(m => ratios[m]).Take(MostToEnter),
        ];
    }

    private void Enter(int[] entering) => Keep([.. Present.Concat(entering).Order()]);

    private void DropAbsent() => Keep([.. Present.Where((_, k) => Length(k) > 0)]);

    private void Keep(int[] spectra)
    {
        var x = new Matrix<double>(_data.Samples, spectra.Length);
        for (var k = 0; k < spectra.Length; k++)
        {
            var before = Array.IndexOf(Present, spectra[k]);
            for (var n = 0; n < x.Rows && before >= 0; n++)
                x[n, k] = Abundances[n, before];
        }

        (Present, Abundances) = (spectra, x);
    }
}

/// <summary>Objective and duality gap of a point.</summary>
internal readonly record struct DualityGap(double Objective, double Gap)
{
    /// <summary>Adds what a pixel contributes.</summary>
    /// <param name="gradient">a_mᵀr of the pixel for each spectrum.</param>
    /// <param name="inner">⟨y, r⟩.</param>
    /// <param name="residual">‖r‖².</param>
    /// <param name="sums">One sum for each spectrum, and two.</param>
    public static void Add(ReadOnlySpan<double> gradient, double inner, double residual, Span<double> sums)
    {
        for (var m = 0; m < gradient.Length; m++)
        {
            var value = Math.Max(0, gradient[m]);
            sums[m] += value * value;
        }

        sums[^2] += inner;
        sums[^1] += residual;
    }

    public static DualityGap Of(ReadOnlySpan<double> sums, double[] lambda, double penalty)
    {
        var (inner, residual, scale) = (sums[^2], sums[^1], 1.0);
        for (var m = 0; m < lambda.Length; m++)
            scale = Math.Min(scale, sums[m] > 0 ? lambda[m] / Math.Sqrt(sums[m]) : 1);
        var objective = (residual / 2) + penalty;
        return new DualityGap(objective, objective - ((scale * inner) - (scale * scale * residual / 2)));
    }

    public bool IsBelow(double tolerance, double rounding) => Gap <= Math.Max(tolerance * Objective, rounding);
}

/// <summary>Work whose blocks have a row of sums each.</summary>
internal static class SharedWork
{
    public static void Run(WorkTeam team, IBlockWork work, Matrix<double> partial, Span<double> sums)
    {
        team.Run(work, partial.Rows);
        sums.Clear();
        for (var block = 0; block < partial.Rows; block++)
            TensorPrimitives.Add(sums, partial.Row(block), sums);
    }
}
