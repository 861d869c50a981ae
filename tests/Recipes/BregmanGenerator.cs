using System.Numerics;
using Nmf;
using Nmf.Tests;

namespace Recipes;

/// <summary>
/// A divergence that only a convex function is needed for: <c>φ(y) = y³/6</c>, φ'' = y, d = (v - y)² (v + 2y)/6. It
/// uses public types alone, so it may stand in a user's program.
/// </summary>
public sealed class CubicGenerator : IBregmanGenerator
{
    public void Curvature<T>(ReadOnlySpan<T> model, Span<T> curvature)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => model.CopyTo(curvature);

    public void Divergence<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> model, Span<T> divergence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sixth = T.One / T.CreateChecked(6);
        for (var i = 0; i < data.Length; i++)
        {
            var difference = data[i] - model[i];
            divergence[i] = difference * difference * (data[i] + model[i] + model[i]) * sixth;
        }
    }
}

public sealed class CubicContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = new BregmanDivergence(new CubicGenerator()) };
}
