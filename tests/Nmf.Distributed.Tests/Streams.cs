using Nmf.Kernels;

namespace Nmf.Distributed.Tests;

/// <summary>Parts whose samples are made as they are read; as long as there are none they wait.</summary>
internal sealed class Streams(int parts, int features = 9) : IStreamSource
{
    private volatile int _available = int.MaxValue;
    private int _open;

    public int Features => features;

    /// <summary>How many batches of every part have come.</summary>
    public int Available
    {
        get => _available;
        set => _available = value;
    }

    /// <summary>How many batches every part has, or null where they have no end.</summary>
    public int[]? Ends { get; set; }

    /// <summary>How many batches are all zeros at first.</summary>
    public int Zeros { get; init; }

    /// <summary>Samples of the last batch of a part, or null for those of the others.</summary>
    public int? Last { get; init; }

    /// <summary>Whether whoever waits does not look at its token.</summary>
    public bool IsDeaf { get; init; }

    /// <summary>Part and round of a batch with a negative entry.</summary>
    public (int, int)? Poison { get; set; }

    /// <summary>Of one with a feature less.</summary>
    public (int, int)? Narrow { get; set; }

    /// <summary>Of one that is null.</summary>
    public (int, int)? IsNull { get; set; }

    /// <summary>Of one with another number of samples, and that.</summary>
    public (int, int, int)? Sized { get; set; }

    /// <summary>Set once somebody waits.</summary>
    public TaskCompletionSource Waits { get; } = new();

    public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken) => new(parts);

    public ValueTask<INmfBatchSource<float>> OpenAsync(
        string address, int part, CancellationToken cancellationToken) => new(Part(part));

    public INmfBatchSource<float> Part(int part) => new Source(this, part);

    public NmfData<float> Batch(int part, int round, int size)
    {
        var columns = Narrow == (part, round) ? features - 1 : features;
        size = Last is { } last && round == Ends?[part] - 1 ? last
            : Sized is { } sized && (sized.Item1, sized.Item2) == (part, round) ? sized.Item3 : size;
        var random = new Random((1000 * part) + round);
        float[] values = [.. Enumerable.Range(0, size * columns).Select(_ => (float)random.Next(0, 9))];
        if (round < Zeros)
            Array.Clear(values);
        if (Poison == (part, round))
            values[columns + 2] = -3;
        return NmfData<float>.FromMatrix(Matrix<float>.FromRowMajor(values, size, columns), isBatch: true);
    }

    /// <summary>Nobody has a part open any more, or soon.</summary>
    public async Task AssertClosed()
    {
        for (var tries = 0; tries < 1200 && Volatile.Read(ref _open) > 0; tries++)
            await Task.Delay(50);
        Assert.Equal(0, Volatile.Read(ref _open));
    }

    private sealed class Source(Streams stream, int part) : INmfBatchSource<float>
    {
        public int Features => stream.Features;

        public IEnumerable<NmfData<float>> Read(int batchSize, long skip, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref stream._open);
            try
            {
                for (var round = (int)(skip / batchSize); stream.Ends is null || round < stream.Ends[part]; round++)
                {
                    while (round >= stream.Available)
                    {
                        stream.Waits.TrySetResult();
                        if (!stream.IsDeaf)
                            cancellationToken.ThrowIfCancellationRequested();
                        Thread.Sleep(10);
                    }

                    yield return stream.IsNull == (part, round) ? null! : stream.Batch(part, round, batchSize);
                }
            }
            finally
            {
                Interlocked.Decrement(ref stream._open);
            }
        }
    }
}
