using System.Numerics;

namespace Nmf;

/// <summary>Samples that are read batch by batch, as often as asked for, always in the same order.</summary>
/// <typeparam name="T">float or double.</typeparam>
public interface INmfBatchSource<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Number of features of every batch.</summary>
    int Features { get; }

    /// <summary>Reads from the beginning, or from some sample on.</summary>
    /// <param name="batchSize">Samples of every batch but the last.</param>
    /// <param name="skip">Samples to leave out at the beginning; a whole number of batches.</param>
    /// <param name="cancellationToken">Stops the reading between samples.</param>
    /// <returns>The batches; who enumerates them gives each back (<see cref="NmfData{T}.GiveBack"/>). The next batch is
    /// read on another thread while one is learnt.</returns>
    IEnumerable<NmfData<T>> Read(int batchSize, long skip, CancellationToken cancellationToken);
}
