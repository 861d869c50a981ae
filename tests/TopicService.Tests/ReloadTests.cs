using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using static TopicService.Tests.Scaling;

namespace TopicService.Tests;

public sealed partial class ReloadTests : IDisposable
{
    private static readonly byte[] Halves = Model(2);
    private static readonly byte[] Quarters = Model(4);
    private readonly ModelFolder _folder = new();
    private readonly ListLogger _log = new();

    public void Dispose() => _folder.Dispose();

    private NmfPredictor<Row, Scaled> Predictor(
        Action<NmfPredictorOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new NmfPredictorOptions
        {
            Path = _folder.File,
            PollingInterval = TimeSpan.FromMilliseconds(50),
            QuietPeriod = TimeSpan.FromMilliseconds(10),
        };
        configure?.Invoke(options);
        return new NmfPredictor<Row, Scaled>("scale", options, _log, time);
    }

    private static float One(NmfPredictor<Row, Scaled> predictor)
        => predictor.Predict(new Row { Values = [1, 1, 1] }).Values[0];

    private static Task Version(NmfPredictor<Row, Scaled> predictor, long version) =>
        Eventually.True(() => predictor.Status.Version == version, $"version {version}");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_replaced_file_is_served(bool inPlace)
    {
        _folder.Replace(Halves);
        await using var predictor = Predictor();
        Assert.Equal(0.5f, One(predictor));
        if (inPlace)
            _folder.Overwrite(Quarters);
        else
            _folder.Replace(Quarters);
        await Eventually.True(() => One(predictor) == 0.25f, "the new model answers");
        await Eventually.True(() => predictor.Status.LastError is null, "no error stands");
    }

    [Fact]
    public async Task Notifications_suffice_without_polling()
    {
        _folder.Replace(Halves);
        await using var predictor = Predictor(o => o.PollingInterval = Timeout.InfiniteTimeSpan);
        predictor.EnsureLoaded();
        _folder.Replace(Quarters);
        await Version(predictor, 2);
        Assert.Equal(0.25f, One(predictor));
    }

    [Fact]
    public async Task A_change_behind_a_symbolic_link_is_found_by_polling()
    {
        using var elsewhere = new ModelFolder();
        elsewhere.Replace(Halves);
        File.CreateSymbolicLink(_folder.File, elsewhere.File);
        await using var predictor = Predictor();
        predictor.EnsureLoaded();
        elsewhere.Replace(Quarters);
        await Version(predictor, 2);
        Assert.Equal(0.25f, One(predictor));
    }

    [Fact]
    public async Task A_swapped_directory_link_is_followed_even_when_length_and_time_agree()
    {
        // As Kubernetes mounts a config map: model.zip -> ..data/model.zip, ..data -> a directory
        // per revision, then another.
        var time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (var (revision, content) in new[] { ("..r1", Halves), ("..r2", Quarters) })
        {
            var directory = Directory.CreateDirectory(Path.Combine(_folder.Folder, revision));
            var file = Path.Combine(directory.FullName, "model.zip");
            await File.WriteAllBytesAsync(file, content);
            File.SetLastWriteTimeUtc(file, time);
        }
        var link = Path.Combine(_folder.Folder, "..data");
        Directory.CreateSymbolicLink(link, "..r1");
        File.CreateSymbolicLink(_folder.File, Path.Combine("..data", "model.zip"));
        await using var predictor = Predictor(o => o.PollingInterval = Timeout.InfiniteTimeSpan);
        Assert.Equal(0.5f, One(predictor));

        Directory.CreateSymbolicLink(link + "_tmp", "..r2");
        Directory.Delete(link);
        Directory.Move(link + "_tmp", link);
        await Version(predictor, 2);
        Assert.Equal(0.25f, One(predictor));
    }

    [Fact]
    public async Task A_broken_file_is_logged_and_the_old_model_goes_on_serving()
    {
        _folder.Replace(Halves);
        await using var predictor = Predictor();
        predictor.EnsureLoaded();
        _folder.Replace(Quarters[..(Quarters.Length / 2)]);
        await Eventually.True(() => predictor.Status.LastError is not null, "the error is seen");
        Assert.Equal(1, predictor.Status.Version);
        Assert.NotNull(predictor.Status.LastErrorAt);
        Assert.Equal(0.5f, One(predictor));
        var (level, message) = Assert.Single(_log.Entries, e => e.Level >= LogLevel.Warning);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains(_folder.File, message);
        Assert.Contains("Version 1 goes on serving", message);

        _folder.Replace(Quarters);
        await Version(predictor, 2);
        Assert.Equal(0.25f, One(predictor));
        Assert.Null(predictor.Status.LastError);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_same_bytes_after_a_broken_file_end_the_degraded_state(bool keepTime)
    {
        _folder.Replace(Halves);
        await using var predictor = Predictor();
        predictor.EnsureLoaded();
        var time = File.GetLastWriteTimeUtc(_folder.File);
        _folder.Replace(Quarters[..(Quarters.Length / 2)]);
        await Eventually.True(() => predictor.Status.LastError is not null, "the error is seen");
        var aside = _folder.File + ".aside";
        await File.WriteAllBytesAsync(aside, Halves);
        if (keepTime)
            File.SetLastWriteTimeUtc(aside, time);
        File.Move(aside, _folder.File, overwrite: true);
        await Eventually.True(() => predictor.Status.LastError is null, "the state is good again");
        Assert.Null(predictor.Status.LastErrorAt);
        Assert.Equal(0.5f, One(predictor));
    }

    [Fact]
    public void The_status_serialises_without_the_path()
    {
        _folder.Replace(Halves);
        using var predictor = Predictor(o => o.ReloadOnChange = false);
        predictor.EnsureLoaded();
        File.Delete(_folder.File);
        Directory.CreateDirectory(_folder.File);
        Assert.False(predictor.Refresh());
        foreach (var text in new[] { JsonSerializer.Serialize(predictor.Status), predictor.Status.LastError! })
        {
            Assert.DoesNotContain(_folder.Folder, text);
            Assert.Contains("the file cannot be read: it is a folder.", text);
        }
        Assert.Contains(_folder.File, Assert.Single(_log.Entries, e => e.Level == LogLevel.Warning).Message);
    }

    [Fact]
    public async Task A_model_that_does_not_fit_is_refused_while_serving()
    {
        _folder.Replace(Halves);
        await using var predictor = Predictor();
        predictor.EnsureLoaded();
        var context = new MLContext(1);
        var data = context.Data.LoadFromEnumerable<Row>([new() { Values = [1, 2, 3] }]);
        using var other = new MemoryStream();
        context.Model.Save(context.Transforms.CopyColumns("Other", "Values").Fit(data), data.Schema, other);
        _folder.Replace(other.ToArray());
        await Eventually.True(() => predictor.Status.LastError is not null, "the error is seen");
        Assert.Contains(nameof(Scaled), predictor.Status.LastError!);
        Assert.Equal(0.5f, One(predictor));
    }

    [Fact]
    public async Task A_deleted_file_is_reported_once_and_its_return_clears_the_error()
    {
        _folder.Replace(Halves);
        await using var predictor = Predictor();
        predictor.EnsureLoaded();
        var aside = _folder.File + ".aside";
        File.Move(_folder.File, aside);
        await Eventually.True(() => predictor.Status.LastError is not null, "the loss is seen");
        for (var i = 0; i < 3; i++)
            Assert.False(predictor.Refresh());
        Assert.Single(_log.Entries, e => e.Level >= LogLevel.Warning);
        Assert.Equal(0.5f, One(predictor));
        File.Move(aside, _folder.File);
        await Eventually.True(() => predictor.Status.LastError is null, "the return is seen");
        Assert.Equal(1, predictor.Status.Version);
    }

    [Fact]
    public async Task A_model_that_comes_late_is_served()
    {
        var folder = Path.Combine(_folder.Folder, "not", "yet");
        var file = Path.Combine(folder, "model.zip");
        await using var predictor = Predictor(o => o.Path = file);
        Assert.Throws<NmfPredictorLoadException>(() => One(predictor));
        Assert.Contains(_log.Entries, e => e.Level == LogLevel.Warning && e.Message.Contains("cannot be watched"));
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(file, Halves);
        await Version(predictor, 1);
        Assert.Equal(0.5f, One(predictor));
    }

    [Fact]
    public async Task A_file_that_is_being_written_is_left_alone_until_it_rests()
    {
        var quiet = TimeSpan.FromSeconds(7);
        var time = new ManualTime();
        _folder.Replace(Halves);
        await using var predictor = Predictor(
            o =>
            {
                o.PollingInterval = Timeout.InfiniteTimeSpan;
                o.QuietPeriod = quiet;
            },
            time);
        predictor.EnsureLoaded();

        _folder.Overwrite(Quarters[..100]);
        await Eventually.True(() => time.Pending(quiet) == 1, "the change is seen");
        _folder.Overwrite(Quarters[..200]);
        time.Advance(quiet);
        await Eventually.True(() => time.Pending(quiet) == 1, "the change goes on");
        _folder.Overwrite(Quarters);
        time.Advance(quiet);
        await Eventually.True(() => time.Pending(quiet) == 1, "the change went on");
        Assert.Equal(1, predictor.Status.Version);
        time.Advance(quiet);
        await Version(predictor, 2);
        Assert.DoesNotContain(_log.Entries, e => e.Level >= LogLevel.Warning);
        Assert.Equal(time.GetUtcNow(), predictor.Status.LoadedAt);
    }

    [Fact]
    public void Without_following_only_a_refresh_loads()
    {
        _folder.Replace(Halves);
        using var predictor = Predictor(o => o.ReloadOnChange = false);
        predictor.EnsureLoaded();
        Assert.False(predictor.Refresh());
        _folder.Replace(Quarters);
        Assert.Equal(0.5f, One(predictor));
        Assert.True(predictor.Refresh());
        Assert.Equal(0.25f, One(predictor));
        Assert.Equal(2, predictor.Status.Version);
    }

    [Fact]
    public void A_refused_content_is_not_tried_again_until_it_changes()
    {
        _folder.Replace([1, 2, 3]);
        using var predictor = Predictor(o => o.ReloadOnChange = false);
        for (var i = 0; i < 3; i++)
            Assert.Throws<NmfPredictorLoadException>(predictor.EnsureLoaded);
        Assert.Single(_log.Entries, e => e.Level == LogLevel.Error);
        _folder.Replace([4, 5, 6]);
        Assert.Throws<NmfPredictorLoadException>(predictor.EnsureLoaded);
        Assert.Equal(2, _log.Entries.Count(e => e.Level == LogLevel.Error));
        _folder.Replace(Halves);
        Assert.Equal(0.5f, One(predictor));
    }

    [Fact]
    public void A_lease_keeps_its_version()
    {
        _folder.Replace(Halves);
        using var predictor = Predictor(o => o.ReloadOnChange = false);
        using var old = predictor.Acquire();
        _folder.Replace(Quarters);
        Assert.True(predictor.Refresh());
        Assert.Equal(0.25f, One(predictor));
        Assert.Equal(0.5f, old.Predict(new Row { Values = [1, 1, 1] }).Values[0]);
        Assert.Equal(1, old.Version);
    }

    [Fact]
    public void Changed_is_raised_with_the_new_status_and_may_throw()
    {
        _folder.Replace(Halves);
        using var predictor = Predictor(o => o.ReloadOnChange = false);
        var seen = new List<long>();
        predictor.Changed += (_, status) => seen.Add(status.Version);
        predictor.Changed += (_, _) => throw new InvalidOperationException("a handler's own trouble");
        predictor.EnsureLoaded();
        _folder.Replace(Quarters);
        Assert.True(predictor.Refresh());
        Assert.Equal([1L, 2L], seen);
        Assert.Equal(2, _log.Entries.Count(e => e.Message.Contains("handler")));
    }
}
