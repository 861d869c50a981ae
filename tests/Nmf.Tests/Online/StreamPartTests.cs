using Nmf.Kernels;

namespace Nmf.Tests.Online;

/// <summary>One part of a stream, whose source is open from the first request until the part is disposed.</summary>
public sealed class StreamPartTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_part_that_was_disposed_does_not_open_its_source_again(bool hasRead)
    {
        var source = new Source();
        var options = new OnlineNmfOptions { Rank = 2, Beta = 1, BatchSize = 5, Threads = 1 };
        using var team = new WorkTeam(1);
        var part = new StreamPart<double>(source, OnlineWorker<double>.Create(options, 0, team), options, "Part 0, ");
        var request = new ShardRequest<double>
        {
            Task = ShardTask.Look, W = new Matrix<double>(3, 2), Numbers = [0, 0, 1, 0],
        };
        if (hasRead)
        {
            part.Fetch(request);
            Assert.Equal((1, 1), (source.Opened, source.Open));
        }

        part.Dispose();
        Assert.Equal(0, source.Open);

        // As somebody does who has waited for a batch meanwhile.
        Assert.Throws<ObjectDisposedException>(() => part.Fetch(request));
        var sums = new ShardSums<double>(BatchRequest.Facts + 2);
        Assert.Throws<ObjectDisposedException>(() => part.Answer(request, sums));
        Assert.False(part.ReadNext());
        Assert.Equal((hasRead ? 1 : 0, 0), (source.Opened, source.Open));
        part.Dispose();
    }

    private sealed class Source : INmfBatchSource<double>
    {
        public int Features => 3;

        public int Opened { get; private set; }

        public int Open { get; private set; }

        public IEnumerable<NmfData<double>> Read(int batchSize, long skip, CancellationToken cancellationToken)
        {
            (Opened, Open) = (Opened + 1, Open + 1);
            try
            {
                while (true)
                    yield return TestData.Dense<double>(TestData.Positive(batchSize, 3, 2, 1), batchSize, 3);
            }
            finally
            {
                Open--;
            }
        }
    }
}
