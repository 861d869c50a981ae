using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// A penalty in units of the scaled dictionary. A row is solved divided by 2^e, which divides D by 2^(eβ): what the
/// penalty weighs against it then depends on e, and <see cref="ForRow"/> says how.
/// </summary>
internal sealed class PreparedRowPenalty
{
    private readonly double _beta;

    public PreparedRowPenalty(RowPenalty penalty, double beta, int[] exponents)
    {
        _beta = beta;
        var rank = exponents.Length;
        Linear = new double[rank];
        Quadratic = new double[rank];
        for (var k = 0; k < rank; k++)
        {
            Linear[k] = penalty.Linear.Count == 0 ? 0 : Math.ScaleB(penalty.Linear[k], -exponents[k]);
            Quadratic[k] = penalty.Quadratic.Count == 0 ? 0 : Math.ScaleB(penalty.Quadratic[k], -2 * exponents[k]);
        }

        Groups =
        [
            .. penalty.Groups.Where(group => group.Weight > 0 && group.Components.Count > 0).Select(group => new Group(
                [.. group.Components],
                [.. group.Components.Select((k, i) => Math.ScaleB(group.Scales[i], -exponents[k]))], group.Weight,
                group.Offset)),
        ];
    }

    /// <summary>Weights of the activations of a row that was not scaled.</summary>
    public double[] Linear { get; }

    /// <summary>Weights of their halved squares.</summary>
    public double[] Quadratic { get; }

    /// <summary>Groups under a logarithm.</summary>
    public Group[] Groups { get; }

    /// <summary>Whether only the linear and quadratic parts are there, so that a convex problem stays convex.</summary>
    public bool IsConvex => Groups.Length == 0;

    /// <summary>Factors of the linear weights, the quadratic weights, the weights and the offsets of groups, for a row
    /// divided by 2^exponent.</summary>
    public (double Linear, double Quadratic, double GroupWeight, double GroupOffset) ForRow(int exponent)
        => (Math.Pow(2, exponent * (1 - _beta)), Math.Pow(2, exponent * (2 - _beta)), Math.Pow(2, -exponent * _beta),
            Math.ScaleB(1, -exponent));

    /// <summary>A group: its components, what they are multiplied by, weight and offset.</summary>
    internal readonly record struct Group(int[] Components, double[] Scales, double Weight, double Offset);
}
