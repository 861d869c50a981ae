using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// What all fits by maximum marginal likelihood have: a dictionary W, and Gamma priors <c>h_kn ~ Gamma(α_k, rate
/// β_k)</c> of the activations, which are integrated out. Minimises a bound of <c>-log p(V | W, α, β)</c> from above,
/// or its Monte-Carlo counterpart; columns of W that the data do not need vanish (Dikmen and Févotte 2011, 2012).
/// </summary>
/// <remarks>
/// W and β have one scale between them: (c w_k, c β_k) has the likelihood of (w_k, β_k). Both are moved in every
/// iteration, <c>β_k = α_k N / Σ_n E[h_kn]</c>, which only makes it faster.
/// </remarks>
internal abstract class MarginalSolver<T> : IIterativeModel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // A component with a smaller share of what is expected is removed: less than double precision tells.
    private const double DeadShare = 1e-13;

    // What removing a component may cost, relative to the objective: rounding.
    private const double Rounding = 1e-13;

    private protected MarginalSolver(
        NmfData<T> data, Matrix<T> dictionary, double[] shape, double[] rate, WorkTeam team)
        => (Data, W, Shape, Rate, Team) = (data, dictionary, shape, rate, team);

    /// <summary>Dictionary, features x rank.</summary>
    public Matrix<T> W { get; private set; }

    /// <summary>α_k.</summary>
    public double[] Shape { get; private set; }

    /// <summary>β_k.</summary>
    public double[] Rate { get; private set; }

    private protected NmfData<T> Data { get; }

    private protected WorkTeam Team { get; }

    public abstract void Step();

    public abstract double Objective();

    /// <inheritdoc/>
    public virtual bool? HasConverged(double tolerance) => null;

    public void BetweenChecks()
    {
        EstimateShape();
        var shares = Shares(W, Shape, Rate);
        var kept = Enumerable.Range(0, shares.Length).Where(k => shares[k] >= DeadShare).ToArray();
        if (kept.Length > 0 && kept.Length < shares.Length)
            Keep(kept);
    }

    public virtual void Save(BinaryWriter writer)
    {
        writer.Write(W.Columns);
        writer.WriteMatrix(W);
        writer.WriteNumbers<double>(Shape);
        writer.WriteNumbers<double>(Rate);
    }

    public virtual void Load(BinaryReader reader)
    {
        var rank = reader.ReadInt32();
        if (rank < 1 || rank > W.Columns)
            throw new FormatException("The number of components is out of range.");
        if (rank < W.Columns)
        {
            Select([.. Enumerable.Range(0, rank)]);
            Reduced([.. Enumerable.Range(0, rank)]);
        }

        reader.ReadFactor(W);
        reader.ReadFinite(Shape, double.Epsilon);
        reader.ReadFinite(Rate, double.Epsilon);
    }

    /// <summary>Share of each component in what is expected of a sample: <c>α_k Σ_f w_fk / β_k</c>.</summary>
    public static double[] Shares(Matrix<T> dictionary, double[] shape, double[] rate)
    {
        var shares = new double[shape.Length];
        FactorKernels.ColumnSums(dictionary, shares);
        for (var k = 0; k < shares.Length; k++)
            shares[k] *= shape[k] / rate[k];
        var total = shares.Sum();
        for (var k = 0; k < shares.Length; k++)
            shares[k] = total > 0 ? shares[k] / total : 0;
        return shares;
    }

    /// <summary>Share of each component in what is expected of the feature of which it has the largest.</summary>
    public static double[] LargestShares(Matrix<T> dictionary, double[] shape, double[] rate)
    {
        var largest = new double[shape.Length];
        var parts = new double[shape.Length];
        for (var f = 0; f < dictionary.Rows; f++)
        {
            var row = dictionary.Row(f);
            for (var k = 0; k < parts.Length; k++)
                parts[k] = double.CreateTruncating(row[k]) * shape[k] / rate[k];
            var total = parts.Sum();
            for (var k = 0; k < parts.Length; k++)
                largest[k] = Math.Max(largest[k], total > 0 ? parts[k] / total : 0);
        }

        return largest;
    }

    /// <summary>Moves α, and β with it, where α is estimated; the objective has just been computed.</summary>
    private protected virtual void EstimateShape()
    {
    }

    /// <summary>Selects what else there is one of for each component. W, α and β have been selected.</summary>
    private protected abstract void Reduced(int[] kept);

    /// <summary>The objective with some of the components alone.</summary>
    private protected abstract double ObjectiveOf(int[] kept);

    private void Keep(int[] kept)
    {
        var before = Objective();
        if (ObjectiveOf(kept) - before > Rounding * Math.Abs(before))
            return;
        Select(kept);
        Reduced(kept);
    }

    private void Select(int[] kept)
    {
        W = Components.Select(W, kept);
        (Shape, Rate) = ([.. kept.Select(k => Shape[k])], [.. kept.Select(k => Rate[k])]);
    }
}
