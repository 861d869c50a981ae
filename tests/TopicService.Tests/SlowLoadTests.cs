using System.IO.Compression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using MLNmf.Tests;
using static TopicService.Tests.Scaling;

namespace TopicService.Tests;

/// <summary>Loads that take long, or never end.</summary>
public sealed class SlowLoadTests : IDisposable
{
    private static readonly byte[] Halves = Model(2);
    private static readonly byte[] Quarters = Model(4);
    private readonly ModelFolder _folder = new();
    private readonly ListLogger _log = new();
    private readonly ManualResetEventSlim _release = new();
    private readonly ManualResetEventSlim _hangs = new();

    public void Dispose()
    {
        _release.Set();
        _folder.Dispose();
    }

    // The file for which everything stands still: the second to be loaded.
    private NmfPredictor<Row, Scaled> Predictor(TimeSpan limit, int hangs = 2, bool inContext = false)
    {
        var loads = 0;
        void Hang()
        {
            if (Interlocked.Increment(ref loads) != hangs)
                return;
            _hangs.Set();
            _release.Wait();
        }

        return new NmfPredictor<Row, Scaled>(
            "scale",
            new NmfPredictorOptions
            {
                Path = _folder.File,
                PollingInterval = TimeSpan.FromMilliseconds(50),
                QuietPeriod = TimeSpan.FromMilliseconds(10),
                LoadTimeout = limit,
                ConfigureContext = inContext ? _ => Hang() : null,
                CheckModel = inContext ? null : _ => Hang(),
            },
            _log);
    }

    private static float One(NmfPredictor<Row, Scaled> predictor)
        => predictor.Predict(new Row { Values = [1, 1, 1] }).Values[0];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_load_without_end_is_refused_and_the_next_file_is_served(bool inContext)
    {
        _folder.Replace(Halves);
        await using var predictor = Predictor(TimeSpan.FromSeconds(0.5), inContext: inContext);
        predictor.EnsureLoaded();
        _folder.Replace(Quarters);
        await Eventually.True(() => predictor.Status.LastError is not null, "the limit is seen");
        Assert.Contains("within 0.5 s", predictor.Status.LastError);
        Assert.Contains(_log.Entries, e => e.Level == LogLevel.Warning && e.Message.Contains("within 0.5 s"));
        Assert.Equal(0.5f, One(predictor));

        _folder.Replace(Model(8));
        await Eventually.True(() => predictor.Status.Version == 2, "the next file is served");
        Assert.Equal(0.125f, One(predictor));
        Assert.Null(predictor.Status.LastError);

        // What comes too late is thrown away.
        _release.Set();
        await Task.Delay(100);
        Assert.Equal(0.125f, One(predictor));
        Assert.Equal(2, predictor.Status.Version);
    }

    [Fact]
    public async Task A_load_gives_way_to_a_newer_file()
    {
        _folder.Replace(Halves);
        // After half a second it may give way; a slow machine has nine times that to see the newer file.
        await using var predictor = Predictor(TimeSpan.FromSeconds(5));
        predictor.EnsureLoaded();
        _folder.Replace(Quarters);
        await Eventually.True(() => _hangs.IsSet, "the load has begun");
        _folder.Replace(Model(8));
        await Eventually.True(() => predictor.Status.Version == 2, "the newer file is served");
        Assert.Equal(0.125f, One(predictor));
        Assert.Contains(_log.Entries, e => e.Message.Contains("in favour of a newer file"));
        Assert.Null(predictor.Status.LastError);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_load_without_end_does_not_hold_up_the_disposal(int hangs)
    {
        _folder.Replace(Halves);
        var predictor = Predictor(TimeSpan.FromHours(1), hangs);
        var loaded = Task.Run(() => Record.Exception(predictor.EnsureLoaded));
        if (hangs == 2)
        {
            Assert.Null(await loaded);
            _folder.Replace(Quarters);
        }

        await Eventually.True(() => _hangs.IsSet, "the load has begun");
        await predictor.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        if (hangs == 1)
            Assert.IsType<ObjectDisposedException>(await loaded.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_host_whose_first_load_has_no_end_can_be_stopped()
    {
        _folder.Replace(Halves);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddNmfPredictor<Row, Scaled>("scale", _folder.File, options =>
        {
            options.CheckModel = _ =>
            {
                _hangs.Set();
                _release.Wait();
            };
            options.LoadTimeout = TimeSpan.FromHours(1);
        });
        using var stop = new CancellationTokenSource();
        using var host = builder.Build();
        var start = host.StartAsync(stop.Token);
        await Eventually.True(() => _hangs.IsSet, "the load has begun");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    // A few bytes of its schema are wrong, with the right checksum: ML.NET's reader never ends on it.
    [Fact]
    public void A_schema_on_which_the_reader_never_ends_is_refused_before_it_is_read()
    {
        var path = SharedData.Find("damaged", "schema-hang.zip");
        using var predictor = new NmfPredictor<Row, Scaled>(
            "scale", new NmfPredictorOptions { Path = path, LoadTimeout = TimeSpan.FromHours(1) }, _log);
        var error = Assert.Throws<NmfPredictorLoadException>(predictor.EnsureLoaded);
        Assert.Contains("The schema in the archive is damaged", error.Message);
    }

    // The same kind, made here: a count of dimensions that the entry does not have.
    [Fact]
    public async Task A_schema_with_more_dimensions_than_bytes_is_refused_and_the_next_file_is_served()
    {
        _folder.Replace(Halves);
        await using var predictor = Predictor(TimeSpan.FromHours(1), hangs: 0);
        predictor.EnsureLoaded();
        _folder.Replace(Archives.Altered(Quarters, "Schema", bytes =>
        {
            var at = bytes.AsSpan().IndexOf("Single\0"u8) + "Single\0".Length;
            Assert.Equal((1, Length), (BitConverter.ToInt32(bytes, at), BitConverter.ToInt32(bytes, at + 4)));
            BitConverter.GetBytes(65537).CopyTo(bytes, at);
        }));
        await Eventually.True(() => predictor.Status.LastError is not null, "the error is seen");
        Assert.Contains("The schema in the archive is damaged", predictor.Status.LastError);
        _folder.Replace(Model(8));
        await Eventually.True(() => predictor.Status.Version == 2, "the next file is served");
    }
}

/// <summary>Archives with altered entries and right checksums.</summary>
internal static class Archives
{
    public static byte[] Altered(byte[] file, string entry, Action<byte[]> alter)
    {
        using var stream = new MemoryStream();
        stream.Write(file);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            using var content = archive.GetEntry(entry)!.Open();
            var bytes = new byte[content.Length];
            content.ReadExactly(bytes);
            alter(bytes);
            content.Position = 0;
            content.Write(bytes);
        }

        return stream.ToArray();
    }
}
