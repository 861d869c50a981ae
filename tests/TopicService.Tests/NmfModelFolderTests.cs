using Microsoft.ML;
using static TopicService.Tests.Scaling;

namespace TopicService.Tests;

public sealed class NmfModelFolderTests : IDisposable
{
    private readonly ModelFolder _folder = new();
    private readonly MLContext _context = new(1);

    public void Dispose() => _folder.Dispose();

    private NmfModelFolder Versions => new(Path.Combine(_folder.Folder, "models"), "scaling");

    [Fact]
    public void The_newest_version_is_served()
    {
        var versions = Versions;
        Assert.Empty(versions.Versions);
        Assert.Null(versions.Served);
        Assert.Equal(1, Publish(versions, 2));
        Assert.Equal(2, Publish(versions, 4));
        Assert.Equal([1, 2], versions.Versions);
        Assert.Equal(2, versions.Served);
        Assert.Equal(0.25f, Predict(versions));
    }

    [Fact]
    public void A_pinned_version_stays_until_it_is_released()
    {
        var versions = Versions;
        Publish(versions, 2);
        Publish(versions, 4);
        Assert.Equal(1, versions.RollBack());
        Assert.Equal(0.5f, Predict(versions));
        Assert.Equal(3, Publish(versions, 8));
        Assert.Equal((1, 1), (versions.Pinned, versions.Served));
        versions.Unpin();
        Assert.Equal((null, 3), (versions.Pinned, versions.Served));
        Assert.Equal(0.125f, Predict(versions));
    }

    [Fact]
    public void What_is_served_or_pinned_is_never_pruned()
    {
        var versions = Versions;
        foreach (var divisor in new[] { 2, 4, 8, 16 })
            Publish(versions, divisor);
        versions.Pin(1);
        Assert.Equal([2, 3], versions.Prune(1));
        Assert.Equal([1, 4], versions.Versions);
        Assert.Equal(0.5f, Predict(versions));
        Assert.Equal(5, Publish(versions, 32));
    }

    [Fact]
    public void What_an_ended_process_has_left_is_deleted_once_it_is_old()
    {
        var versions = Versions;
        Publish(versions, 2);
        var folder = Path.GetDirectoryName(versions.ServedPath)!;
        string Leave(string name, double days)
        {
            var path = Path.Combine(folder, name);
            File.WriteAllText(path, "");
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-days));
            return path;
        }

        string[] old =
        [
            Leave(".scaling.0123456789abcdef0123456789abcdef.tmp", 2), Leave("scaling.000007.zip.mark", 2),
        ];
        string[] kept =
        [
            Leave(".scaling.00000000000000000000000000000000.tmp", 0.5), Leave("scaling.000008.zip.mark", 0.5),
            Leave(".scaling.other.0123456789abcdef0123456789abcdef.tmp", 2), Leave(".scaling.notes.tmp", 2),
            Leave(".other.0123456789abcdef0123456789abcdef.tmp", 2),
        ];
        Assert.Equal(2, Publish(versions, 4));
        Assert.All(old, path => Assert.False(File.Exists(path), path));
        Assert.All(kept, path => Assert.True(File.Exists(path), path));
    }

    [Fact]
    public void A_version_that_is_not_there_is_named_and_changes_nothing()
    {
        var versions = Versions;
        Publish(versions, 2);
        Assert.Contains("no version 7", Assert.Throws<FileNotFoundException>(() => versions.Pin(7)).Message);
        Assert.Null(versions.Pinned);
        var error = Assert.Throws<InvalidOperationException>(() => versions.RollBack());
        Assert.Contains("before version 1", error.Message);
        Assert.Throws<ArgumentException>(() => new NmfModelFolder(_folder.Folder, "../escape"));
    }

    [Fact]
    public async Task Versions_of_writers_at_once_are_all_kept_and_no_half_file_is_left()
    {
        var numbers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Publish(Versions, 2 + i))));
        Assert.Equal(Enumerable.Range(1, 8), numbers.Order());
        Assert.Equal(Enumerable.Range(1, 8), Versions.Versions);
        Assert.NotNull(Versions.Served);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.GetDirectoryName(Versions.ServedPath)!), file => !file.EndsWith(".zip"));
    }

    [Fact]
    public async Task A_predictor_follows_the_folder()
    {
        var versions = Versions;
        Publish(versions, 2);
        using var predictor = new NmfPredictor<Row, Scaled>("scaling", new NmfPredictorOptions
        {
            Path = versions.ServedPath,
            PollingInterval = TimeSpan.FromMilliseconds(30),
            QuietPeriod = TimeSpan.FromMilliseconds(10),
        });
        Assert.Equal(0.5f, One());
        Publish(versions, 4);
        await Eventually.True(() => One() == 0.25f, "the new version serves");
        versions.RollBack();
        await Eventually.True(() => One() == 0.5f, "the old version serves again");

        float One() => predictor.Predict(new Row { Values = [1, 1, 1] }).Values[0];
    }

    [Fact]
    public async Task The_newest_is_served_however_writers_overlap()
    {
        for (var round = 0; round < 15; round++)
        {
            var folder = new NmfModelFolder(Path.Combine(_folder.Folder, $"round{round}"), "scaling");
            await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => Publish(
                new NmfModelFolder(Path.Combine(_folder.Folder, $"round{round}"), "scaling"), 2 + i))));
            Assert.Equal(6, folder.Served);
            await Task.WhenAll(
                Task.Run(() => Publish(folder, 20)), Task.Run(() => folder.Pin(3)),
                Task.Run(() => Publish(folder, 30)));
            Assert.Equal((3, 3), (folder.Pinned, folder.Served));
        }
    }

    [Fact]
    public void The_way_back_leads_past_versions_that_are_the_same()
    {
        var versions = Versions;
        Publish(versions, 2);
        Publish(versions, 4);
        File.Copy(versions.PathOf(2), versions.PathOf(3));
        versions.Unpin();
        Assert.Equal(3, versions.Served);
        Assert.Equal((2, 2), (versions.RollBack(), versions.Served));
        Assert.Equal((1, 1), (versions.RollBack(), versions.Served));
    }

    [Fact]
    public void A_pinned_version_that_was_deleted_goes_on_and_there_is_a_way_back()
    {
        var versions = Versions;
        foreach (var divisor in new[] { 2, 4, 8 })
            Publish(versions, divisor);
        versions.Pin(2);
        File.Delete(versions.PathOf(2));
        Assert.Equal((2, null), (versions.Pinned, versions.Served));
        Assert.Equal(4, Publish(versions, 16));
        Assert.Equal(0.25f, Predict(versions));
        Assert.Equal((1, 1), (versions.RollBack(), versions.Served));
        Assert.Equal(0.5f, Predict(versions));
    }

    [Fact]
    public void A_damaged_pin_is_told_before_anything_is_written()
    {
        var versions = Versions;
        Publish(versions, 2);
        Publish(versions, 4);
        File.WriteAllText(Path.ChangeExtension(versions.ServedPath, ".pin"), "two");
        Assert.Contains("'two'", Assert.Throws<InvalidDataException>(() => Publish(versions, 8)).Message);
        Assert.Throws<InvalidDataException>(() => versions.Prune(1));
        Assert.Equal([1, 2], versions.Versions);
        Assert.Equal(1, versions.RollBack());
        Assert.Equal(1, versions.Pinned);
    }

    [Fact]
    public void A_pin_that_cannot_be_served_is_taken_back()
    {
        var versions = Versions;
        Publish(versions, 2);
        Publish(versions, 4);
        versions.Pin(2);
        File.Delete(versions.ServedPath);
        Directory.CreateDirectory(versions.ServedPath);
        Assert.ThrowsAny<Exception>(() => versions.Pin(1));
        Assert.Equal(2, versions.Pinned);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.GetDirectoryName(versions.ServedPath)!), file => file.EndsWith(".tmp"));
        Directory.Delete(versions.ServedPath);
        versions.Unpin();
        Assert.Equal(2, versions.Served);
    }

    [Fact]
    public void Files_of_others_are_no_versions_and_numbers_end()
    {
        var versions = Versions;
        Publish(versions, 2);
        foreach (var other in new[] { "0000002", "2", "00000x", "99999999999" })
            File.WriteAllText(versions.PathOf(1).Replace("000001", other), "");
        Assert.Equal([1], versions.Versions);
        Assert.Equal(2, Publish(versions, 4));
        File.Copy(versions.PathOf(2), versions.PathOf(int.MaxValue));
        Assert.Throws<InvalidOperationException>(() => Publish(versions, 8));
        Assert.Equal([1, 2, int.MaxValue], versions.Versions);
        Assert.Throws<ArgumentException>(() => new NmfModelFolder(_folder.Folder, "a\0b"));
    }

    private int Publish(NmfModelFolder versions, float divisor)
    {
        var model = _context.Model.Load(new MemoryStream(Model(divisor)), out var schema);
        return versions.Publish(_context, model, schema);
    }

    private float Predict(NmfModelFolder versions)
    {
        var model = _context.Model.Load(versions.ServedPath, out _);
        using var engine = _context.Model.CreatePredictionEngine<Row, Scaled>(model);
        return engine.Predict(new Row { Values = [1, 1, 1] }).Values[0];
    }
}
