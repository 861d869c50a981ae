using System.Numerics;
using Microsoft.ML.Transforms;
using Nmf;

namespace MeasuresOfFit;

/// <summary>
/// A measure of fit that the library does not have, in one page: counts that vary more than Poisson counts do. Their
/// variance is y + y²/r, that of the negative binomial distribution, whose negative log-likelihood is the Bregman
/// divergence of <c>φ(x) = x log x - (x + r) log(x + r)</c>, up to a constant. For large r it is the Kullback-Leibler
/// divergence, for small r it approaches the Itakura-Saito divergence, but zeros are allowed.
/// </summary>
/// <remarks>The attribute names it in stored models. A class without parameters has no state to be stored, so r is a
/// constant here.</remarks>
[BregmanGenerator("MLNmf.Samples.NegativeBinomial")]
public sealed class NegativeBinomialGenerator : IBregmanGenerator
{
    /// <summary>r.</summary>
    public const double Dispersion = 2;

    /// <inheritdoc/>
    public void Curvature<T>(ReadOnlySpan<T> model, Span<T> curvature)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var r = T.CreateChecked(Dispersion);
        for (var i = 0; i < model.Length; i++)
            curvature[i] = r / (model[i] * (model[i] + r));
    }

    /// <inheritdoc/>
    public void Divergence<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> model, Span<T> divergence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var r = T.CreateChecked(Dispersion);
        for (var i = 0; i < data.Length; i++)
            divergence[i] = T.Max(T.Zero, Relative(data[i], model[i]) - Relative(data[i] + r, model[i] + r));
    }

    // x log(x/y), written so that values near each other keep their digits. What is left out, y - x,
    // cancels between the two.
    private static T Relative<T>(T x, T y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => x == T.Zero ? y : (x * -T.LogP1((y - x) / x)) + (y - x);
}
