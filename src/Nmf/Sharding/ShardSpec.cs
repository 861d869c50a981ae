using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What shards and coordinator both know of a fit.</summary>
/// <param name="Options">What to fit and how, in the unit of the fit, with the solver that applies.</param>
/// <param name="Facts">All data, in the unit of the fit.</param>
internal sealed record ShardSpec(NmfOptions Options, ShardFacts Facts)
{
    // For least squares and KL the positive part of the gradient is made of sums that are smaller than a dictionary.
    private enum PositivePart
    {
        Columns,
        Gram,
        Whole,
    }

    public int Rank => Options.Rank;

    public double Beta { get; } = Options.Problem.BetaOrNull!.Value;

    private PositivePart Positive { get; } = Facts.IsWeighted ? PositivePart.Whole : Options.Problem.BetaOrNull switch
    {
        BetaDivergence.KullbackLeibler => PositivePart.Columns,
        BetaDivergence.Euclidean => PositivePart.Gram,
        _ => PositivePart.Whole,
    };

    /// <summary>The unit of a fit of such data, which is one for all samples.</summary>
    /// <param name="options">The user's options.</param>
    /// <param name="facts">All data in the user's unit.</param>
    /// <param name="dictionary">The dictionary that the user gives, or null.</param>
    public static FitUnit UnitOf<T>(NmfOptions options, ShardFacts facts, Matrix<T>? dictionary)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var exponent = FitUnit.ExponentOf<T>(facts.Mean, options.Problem.Entry.UnitPower!.Value);
        return new FitUnit(
            exponent, options.Problem.DictionaryExponent(exponent, dictionary is not null)
                ?? (dictionary is null ? exponent >> 1 : FitUnit.LargestExponent(dictionary)));
    }

    /// <summary>What a fit of these data is, for coordinator and shards.</summary>
    /// <param name="options">The user's options.</param>
    /// <param name="facts">All data in the user's unit.</param>
    /// <param name="unit">The unit of the fit.</param>
    public static ShardSpec Of(NmfOptions options, ShardFacts facts, FitUnit unit) => new(
        options with
        {
            Problem = options.Problem.InUnit(unit),
            Solver = options.Problem.ShardedSolver(options.Solver, facts.IsWeighted),
            Initialization = NmfInitialization.Random,
        },
        facts.InUnit(unit.Data));

    /// <summary>Room for what a step of W needs: the negative part, the positive part or what it is made of, and
    /// numbers.</summary>
    public ShardSums<T> Gradient<T>(Matrix<T> negative, Matrix<T> positive, int numbers = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Positive switch
        {
            PositivePart.Columns => new(Rank + numbers, negative),
            PositivePart.Gram => new(numbers, negative, new Matrix<T>(Rank, Rank)),
            _ => new(numbers, negative, positive),
        };

    /// <summary>Where the solver's own numbers begin in such sums.</summary>
    public int FirstNumber => Positive == PositivePart.Columns ? Rank : 0;

    /// <summary>Takes the sums of one shard.</summary>
    /// <param name="pass">The pass over its data.</param>
    /// <param name="w">Where.</param>
    /// <param name="h">Its activations.</param>
    /// <param name="sums">Receives them.</param>
    /// <param name="scratch">Room for a positive part.</param>
    public void Take<T>(
        DivergencePass<T> pass, Matrix<T> w, Matrix<T> h, ShardSums<T> sums, ref Matrix<T>? scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (Positive)
        {
            case PositivePart.Columns:
                scratch ??= new Matrix<T>(w.Rows, w.Columns);
                pass.DictionaryGradient(w, h, sums.Matrices[0], scratch);
                FactorKernels.ColumnSums(h, sums.Numbers.AsSpan(0, Rank), pass.Team);
                break;
            case PositivePart.Gram:
                pass.DictionaryProduct(h, sums.Matrices[0]);
                FactorKernels.Gram(h, sums.Matrices[1], pass.Team);
                break;
            default:
                pass.DictionaryGradient(w, h, sums.Matrices[0], sums.Matrices[1]);
                break;
        }
    }

    /// <summary>Makes the positive part of what all shards have answered.</summary>
    /// <param name="sums">Their sums.</param>
    /// <param name="w">Where they were taken.</param>
    /// <param name="positive">Receives it.</param>
    /// <param name="product">Multiplies matrices.</param>
    public void MakePositive<T>(
        ShardSums<T> sums, Matrix<T> w, Matrix<T> positive, Kernels.Products.MatrixProduct<T> product)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Positive == PositivePart.Gram)
            product.Multiply(w, sums.Matrices[1], positive, T.One);
        for (var f = 0; f < positive.Rows && Positive == PositivePart.Columns; f++)
        {
            var row = positive.Row(f);
            for (var k = 0; k < row.Length; k++)
                row[k] = T.CreateSaturating(sums.Numbers[k]);
        }
    }
}
