using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>Passes the picks of a search for rows on to the log.</summary>
internal sealed class SearchProgress(IChannel channel, int rank) : IProgress<int>
{
    /// <inheritdoc/>
    public void Report(int value) => channel.Trace("Picked {0} of {1} row(s).", value, rank);
}
