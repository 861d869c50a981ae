using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf;

/// <summary>φ(x) = x²/2: half the squared Euclidean distance, the β-divergence with β = 2.</summary>
internal sealed class EuclideanGenerator : IBregmanGenerator
{
    double? IBregmanGenerator.UnitPower => 2;

    /// <inheritdoc/>
    public void Curvature<T>(ReadOnlySpan<T> model, Span<T> curvature)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => curvature[..model.Length].Fill(T.One);

    /// <inheritdoc/>
    public void Divergence<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> model, Span<T> divergence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorPrimitives.Subtract(data, model, divergence);
        TensorPrimitives.Multiply(divergence, divergence, divergence);
        TensorPrimitives.Multiply(divergence, T.CreateChecked(0.5), divergence);
    }
}

/// <summary>φ(x) = x log x: the generalised Kullback-Leibler divergence, β = 1.</summary>
internal sealed class KullbackLeiblerGenerator : IBregmanGenerator
{
    double? IBregmanGenerator.UnitPower => 1;

    /// <inheritdoc/>
    public void Curvature<T>(ReadOnlySpan<T> model, Span<T> curvature)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => TensorPrimitives.Reciprocal(model, curvature);

    /// <inheritdoc/>
    public void Divergence<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> model, Span<T> divergence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < data.Length; i++)
            divergence[i] = Entropy.Relative(data[i], model[i]);
    }
}

/// <summary>φ(x) = -log x: the Itakura-Saito divergence, β = 0. Needs strictly positive data.</summary>
internal sealed class ItakuraSaitoGenerator : IBregmanGenerator
{
    /// <inheritdoc/>
    public bool AllowsZeros => false;

    double? IBregmanGenerator.UnitPower => 0;

    /// <inheritdoc/>
    public void Curvature<T>(ReadOnlySpan<T> model, Span<T> curvature)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorPrimitives.Multiply(model, model, curvature);
        TensorPrimitives.Reciprocal(curvature, curvature);
    }

    /// <inheritdoc/>
    public void Divergence<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> model, Span<T> divergence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < data.Length; i++)
        {
            var t = (data[i] - model[i]) / model[i];
            divergence[i] = t - T.LogP1(t);
        }
    }
}

/// <summary>
/// φ(x) = x log x + (1-x) log(1-x) on (0, 1): the logistic loss, for data between 0 and 1 such as shares and
/// probabilities. Unlike the Bernoulli likelihood it leaves W and H free; only the model must stay below 1.
/// </summary>
public sealed class LogisticGenerator : IBregmanGenerator
{
    /// <inheritdoc/>
    public double LargestDatum => 1;

    /// <inheritdoc/>
    public double ModelLimit => 1;

    /// <inheritdoc/>
    public void Curvature<T>(ReadOnlySpan<T> model, Span<T> curvature)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorPrimitives.Subtract(T.One, model, curvature);
        TensorPrimitives.Multiply(model, curvature, curvature);
        TensorPrimitives.Reciprocal(curvature, curvature);
    }

    /// <inheritdoc/>
    public void Divergence<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> model, Span<T> divergence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < data.Length; i++)
            divergence[i] = Entropy.Relative(data[i], model[i]) + Entropy.Relative(T.One - data[i], T.One - model[i]);
    }
}

internal static class Entropy
{
    // x log(x/y) - x + y. Near x = y the first-order terms are left out on paper: y ((1+t)
    // log(1+t) - t) with t = x/y - 1.
    public static T Relative<T>(T x, T y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (x == T.Zero)
            return y;
        var t = (x - y) / y;
        return T.Abs(t) > T.CreateChecked(0.01)
            ? (x * T.Log(x / y)) - x + y
            : y * t * t * (T.CreateChecked(0.5) - (t * (T.CreateChecked(1.0 / 6) - (t * (T.CreateChecked(1.0 / 12) - (t
                * (T.CreateChecked(1.0 / 20) - (t * (T.CreateChecked(1.0 / 30) - (t / T.CreateChecked(42)))))))))));
    }
}
