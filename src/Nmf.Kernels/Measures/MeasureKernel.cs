namespace Nmf.Kernels;

/// <summary>A measure of fit other than a β-divergence, as the kernels need it. Its parameters are checked by
/// whoever makes it.</summary>
internal abstract record MeasureKernel;

/// <summary>The α-divergence.</summary>
internal sealed record AlphaKernel(double Alpha) : MeasureKernel;

/// <summary>The Bregman divergence of a convex function.</summary>
internal sealed record BregmanKernel(IBregmanGenerator Generator) : MeasureKernel;

/// <summary>The Bernoulli likelihood with a Beta(a, b) prior of the activations.</summary>
internal sealed record BernoulliKernel(double A = 1, double B = 1) : MeasureKernel;

/// <summary>The outlier term λ Ω(R) of robust factorisation, 0 ≤ β ≤ 2: the norm of the outlier part of every sample,
/// or the sum of its entries.</summary>
internal sealed record OutlierKernel(double Lambda, bool OfSamples = true);

/// <summary>What the activations of a sample must sum to. The values are those of the option of the models.</summary>
internal enum SumConstraint
{
    /// <summary>Nothing: they need only be nonnegative.</summary>
    None,

    /// <summary>One.</summary>
    SumToOne,

    /// <summary>At most one.</summary>
    SumToAtMostOne,
}
