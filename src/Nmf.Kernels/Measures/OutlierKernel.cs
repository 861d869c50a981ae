namespace Nmf.Kernels;

/// <summary>The outlier term λ Ω(R) of robust factorisation, 0 ≤ β ≤ 2: the norm of the outlier part of every sample,
/// or the sum of its entries.</summary>
internal sealed record OutlierKernel(double Lambda, bool OfSamples = true);
