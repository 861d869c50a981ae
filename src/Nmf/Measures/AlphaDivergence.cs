using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The α-divergence <c>d_α(v|y) = (v^α y^(1-α) - α v + (α-1) y) / (α (α-1))</c>: Kullback-Leibler of v against y at α =
/// 1 and of y against v at α = 0, twice the squared Hellinger distance at ½, half of Pearson's χ² at 2, of Neyman's at
/// -1. Small α is lenient towards data far above the model, large α towards data far below it. Cichocki, Lee, Kim and
/// Choi, "Non-negative matrix factorization with α-divergence", 2008.
/// </summary>
/// <param name="Alpha">α, any finite number. α ≤ 0 needs strictly positive data. In single precision keep it between -2
/// and 3: the exponent 1/α of the update acts on rounding too.</param>
public sealed record AlphaDivergence(double Alpha) : MeasureOfFit
{
    /// <inheritdoc/>
    internal override bool AllowsZeros => Alpha > 0;

    /// <inheritdoc/>
    /// <remarks>d_α is convex in y for every α.</remarks>
    internal override bool IsConvex => true;

    internal override double? UnitPower => 1;

    internal override MeasureKernel Kernel => new AlphaKernel(Alpha);

    /// <inheritdoc/>
    internal override double Value(double datum, double model) => Alpha switch
    {
        1 => KullbackLeibler(datum, model),
        0 => datum == 0 ? double.PositiveInfinity : KullbackLeibler(model, datum),
        _ => ((Math.Pow(datum, Alpha) * Math.Pow(model, 1 - Alpha)) - (Alpha * datum)
            + ((Alpha - 1) * model)) / (Alpha * (Alpha - 1)),
    };

    internal override string InWords
        => $"the alpha-divergence with alpha = {Alpha}";

    internal override void Validate()
        => Option.Require(double.IsFinite(Alpha), nameof(Alpha), "Alpha must be a finite number.");

    internal override Solver<T> CreateSolver<T>(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        => new MeasureMultiplicativeSolver<T>(
            data, data.CreatePass(start.Dictionary.Columns, this, team), Alpha == 0 ? 1 : 1 / Alpha, start, team,
            isExponential: Alpha == 0);

    // The power mean.
    internal override double BestConstant<T>(NmfData<T> data)
    {
        if (Alpha == 1)
            return data.Mean;
        double sum = 0;
        for (var n = 0; n < data.Samples; n++)
        {
            ReadOnlySpan<T> values = data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n);
            foreach (var value in values)
                sum += Alpha == 0 ? Math.Log(double.CreateChecked(value))
                    : value == T.Zero ? 0
                    : Math.Pow(double.CreateChecked(value), Alpha);
        }

        var mean = sum / ((double)data.Samples * data.Features);
        return Alpha == 0 ? Math.Exp(mean) : Math.Pow(mean, 1 / Alpha);
    }

    internal override string Describe()
        => $"{nameof(AlphaDivergence)} {{ Alpha = {Alpha:R} }}";

    private static double KullbackLeibler(double x, double y) => x == 0 ? y : (x * Math.Log(x / y)) - x + y;
}
