namespace Nmf;

/// <summary>Tells objectives of data in a unit in that of the user.</summary>
internal sealed class ScaledProgress : IProgress<FitProgress>
{
    private readonly IProgress<FitProgress> _progress;
    private readonly int _exponent;

    private ScaledProgress(IProgress<FitProgress> progress, int exponent)
        => (_progress, _exponent) = (progress, exponent);

    /// <summary>The progress of objectives that are 2^exponent times as large.</summary>
    public static IProgress<FitProgress>? Of(IProgress<FitProgress>? progress, int exponent)
        => progress is null || exponent == 0 ? progress : new ScaledProgress(progress, exponent);

    public void Report(FitProgress value)
        => _progress.Report(new FitProgress(
            value.Start, value.Starts, value.Iteration, value.MaximumIterations,
            Math.ScaleB(value.Objective, _exponent)));
}
