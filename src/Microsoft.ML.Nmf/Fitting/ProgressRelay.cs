using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>Tells the log, and whoever the user has asked to be told.</summary>
internal sealed class ProgressRelay(IProgress<FitProgress> log, IProgress<FitProgress>? user) : IProgress<FitProgress>
{
    public void Report(FitProgress value)
    {
        log.Report(value);
        user?.Report(value);
    }
}
