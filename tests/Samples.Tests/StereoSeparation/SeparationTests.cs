using Nmf.Audio;
using StereoSeparation.Analysis;
using StereoSeparation.Report;
using StereoSeparation.Sound;

namespace StereoSeparation.Tests;

public sealed class SeparationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void A_scene_is_the_sum_of_its_voices_and_they_are_equally_loud()
    {
        var voices = Scenes.Pan(Tunes.Play(16_000));
        var scene = Scene.Of("panned", "", MixingKind.Instantaneous, voices);
        for (var t = 0; t < scene.Recording.Samples; t += 997)
            Assert.Equal(voices.Sum(voice => voice.Image.Channels[1][t]), scene.Recording.Channels[1][t], 1e-6);
        double[] energies = [.. voices.Select(voice => voice.Image.Channels.Sum(
            channel => channel.Sum(x => (double)x * x)))];
        Assert.All(energies, energy => Assert.Equal(energies[0], energy, 1e-3 * energies[0]));
    }

    [Fact]
    public void Marks_say_when_a_voice_is_heard()
    {
        var clip = new AudioClip(1000, new float[2000], new float[2000]);
        foreach (var (from, to, level) in new[] { (250, 500, 1f), (500, 700, 1e-5f), (1210, 1390, 0.3f) })
            Array.Fill(clip.Channels[1], level, from, to - from);
        var rows = Marks.Of([new Voice("a", clip)]).Rows;
        Assert.Equal(2, rows.Count);
        Assert.Equal((0.2, 0.5), (rows[0].From, rows[0].To), (a, b) => Close(a, b));
        Assert.Equal((1.2, 1.4), (rows[1].From, rows[1].To), (a, b) => Close(a, b));

        static bool Close((double, double) a, (double, double) b)
            => Math.Abs(a.Item1 - b.Item1) < 1e-9 && Math.Abs(a.Item2 - b.Item2) < 1e-9;
    }

    [Fact]
    public void Notes_at_two_places_are_told_apart_and_the_page_shows_them()
    {
        var scene = Notes();
        var options = CommandLine.Parse(["--sources", "2", "--components", "2", "--iterations", "60"])!;
        var file = Path.Combine(_folder, "model.nmf");
        var separation = Separation.Run(scene, options, null, file);
        Assert.All(separation.Sources, source => Assert.True(
            source.Score!.SourceToDistortion > source.Before!.SourceToDistortion + 10, source.Score.ToString()));
        Assert.Equal(["low", "high"], separation.Sources.Select(Tables.Name));
        Assert.InRange(separation.GreatestError, 0, 1e-5);
        Assert.Equal(2, MultichannelModel.Load(file).Sources);
        var page = StereoReport.Page([separation], "A method", TimeSpan.FromSeconds(1)).Render();
        foreach (var piece in new[] { "notes.wav", "notes-low.wav", "notes-true-high.wav", "<svg", "blind" })
            Assert.Contains(piece, page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_of_which_nothing_is_known_has_no_scores()
    {
        var scene = Notes() with { Voices = [] };
        var options = CommandLine.Parse(["--sources", "2", "--components", "1", "--iterations", "2"])!;
        var separation = Separation.Run(scene, options, null, Path.Combine(_folder, "model.nmf"));
        Assert.Null(separation.Gain);
        Assert.Contains("source 1", Tables.Sources(separation, new LevelPlaces()).ToHtml(), StringComparison.Ordinal);
        StereoReport.Page([separation], "A method", TimeSpan.Zero).Render();
    }

    [Theory]
    [InlineData("0,0,2\n1,0,99", "after the end of the recording")]
    [InlineData("0,0,2\n7,0,1", "names source 7")]
    public void Activity_that_does_not_fit_is_told_in_one_line(string rows, string message)
    {
        var options = CommandLine.Parse(["--sources", "2"])!;
        var error = Assert.Throws<UserErrorException>(() => Separation.Run(
            Notes(), options, ActivityTable.Read(new StringReader(rows)), Path.Combine(_folder, "model.nmf")));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void One_channel_and_a_silent_one_are_told()
    {
        var mono = Path.Combine(_folder, "mono.wav");
        new AudioClip(8000, Notes().Recording.Channels[0]).Write(mono);
        Assert.Contains("one channel", Assert.Throws<UserErrorException>(
            () => Scenes.Get(CommandLine.Parse(["--wav", mono])!)).Message, StringComparison.Ordinal);
        var half = Notes() with { Voices = [], Recording = new AudioClip(8000, Notes().Recording.Channels[0],
            new float[Notes().Recording.Samples]) };
        Assert.Contains("Channel 1 is silent", Assert.Throws<UserErrorException>(() => Separation.Run(
            half, CommandLine.Parse([])!, null, Path.Combine(_folder, "m"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sources 17", "16")]
    [InlineData("--sources 4", "voices of its own")]
    [InlineData("--method nmf", "em, mu, fastmnmf or ilrma")]
    [InlineData("--wav nowhere.wav", "There is no file")]
    [InlineData("--instantaneous", "--wav")]
    [InlineData("--activity FILE", "Line 2 of the activity is 'singer,0,1'")]
    public void Options_that_make_no_sense_are_refused(string text, string message)
    {
        var file = Path.Combine(_folder, "activity.csv");
        File.WriteAllText(file, "source,from,to\nsinger,0,1\n");
        var error = Assert.Throws<UserErrorException>(
            () => CommandLine.Parse([.. text.Split(' ').Select(word => word == "FILE" ? file : word)]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void As_many_sources_as_channels_are_taken_where_the_method_needs_it()
    {
        var options = CommandLine.Parse(["--method", "ilrma", "--synthetic"])!;
        var scene = Assert.Single(Scenes.Get(options));
        Assert.Equal((2, "room"), (scene.Voices.Count, scene.Name));
    }

    // Two notes that come and go, to the left and to the right.
    private static Scene Notes()
    {
        return Scene.Of(
            "notes", "notes", MixingKind.Instantaneous, Voice("low", 220, 0.3, 3), Voice("high", 531, 1.2, 5));

        static Voice Voice(string name, double frequency, double angle, int period)
        {
            var samples = Enumerable.Range(0, 20_000).Select(t => t % (1000 * period) / (500.0 * period)).Select(
                (age, t) => (float)(0.1 * Math.Exp(-age) * (Math.Sin(frequency * t * Math.PI / 4000)
                    + (0.5 * Math.Sin(2 * frequency * t * Math.PI / 4000))))).ToArray();
            return new Voice(name, new AudioClip(
                8000, Array.ConvertAll(samples, x => (float)Math.Cos(angle) * x),
                Array.ConvertAll(samples, x => (float)Math.Sin(angle) * x)));
        }
    }
}
