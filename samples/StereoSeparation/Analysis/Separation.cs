using System.Diagnostics;
using System.Numerics;
using Nmf;
using Nmf.Audio;
using StereoSeparation.Sound;

namespace StereoSeparation.Analysis;

/// <summary>A source that was found.</summary>
/// <param name="Number">Its number in the model, from 0.</param>
/// <param name="Image">What the channels hear of it.</param>
/// <param name="Truth">The voice that it is, where the voices are known.</param>
/// <param name="Score">How close it is to the voice.</param>
/// <param name="Before">How close the recording is to the voice.</param>
internal sealed record FoundSource(
    int Number, AudioClip Image, Voice? Truth, SeparationScore? Score, SeparationScore? Before);

/// <summary>A recording in its sources.</summary>
/// <param name="Scene">The recording.</param>
/// <param name="IsGuided">Whether it was known when each source is heard.</param>
/// <param name="Mixture">Its frames.</param>
/// <param name="Model">The model, from its file.</param>
/// <param name="Report">How the fit went.</param>
/// <param name="Sources">The sources, in the order of the voices where these are known.</param>
/// <param name="Elapsed">Time for fit and sounds.</param>
internal sealed record Separation(
    Scene Scene, bool IsGuided, MultichannelSpectrogram Mixture, MultichannelModel Model, FitReport Report,
    IReadOnlyList<FoundSource> Sources, TimeSpan Elapsed)
{
    /// <summary>Taps of the filters of BSS Eval, enough to tell places apart; the SDR does not depend on it.</summary>
    public const int FilterLength = 128;

    private const double PannedFrame = 0.064;
    private const double RoomFrame = 0.128;

    /// <summary>Greatest difference of the sum of the images to the recording, relative to the peak of the
    /// recording.</summary>
    public double GreatestError { get; } = Scene.Recording.Channels.Select((channel, i) => channel.Select(
        (x, t) => Math.Abs(x - Sources.Sum(source => (double)source.Image.Channels[i][t]))).Max()).Max()
        / Scene.Recording.Channels.Max(channel => channel.Max(Math.Abs));

    /// <summary>Mean of what the SDR of the images gained over the recording; null where the voices are
    /// unknown.</summary>
    public double? Gain => Sources.Average(
        source => source.Score?.SourceToDistortion - source.Before?.SourceToDistortion);

    /// <summary>Fits a model, stores it, and separates with what was stored.</summary>
    /// <param name="scene">The recording.</param>
    /// <param name="options">How.</param>
    /// <param name="activity">When each source is heard; null where it is not known.</param>
    /// <param name="modelFile">Where the model is stored.</param>
    /// <exception cref="UserErrorException">The recording cannot be separated so.</exception>
    public static Separation Run(Scene scene, CommandLine options, ActivityTable? activity, string modelFile)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var stft = new Stft(new StftOptions { FrameLength = FrameLength(scene, options) });
            var mixture = stft.Analyze(scene.Recording);
            var fitted = MultichannelNmf.Fit(mixture, options.Options(scene.Mixing, activity));
            fitted.Save(modelFile);
            var model = MultichannelModel.Load(modelFile);
            AudioClip[] images = [.. Enumerable.Range(0, model.Sources).Select(
                j => model.SourceImage(mixture, model.Activations, j).ToClip())];
            return new Separation(
                scene, activity is not null, mixture, model, fitted.Report!, Describe(scene, images),
                Stopwatch.GetElapsedTime(start));
        }
        catch (ArgumentException e)
        {
            // The library says what is wrong with the recording; the name of its parameter is nothing to the user.
            throw new UserErrorException(
                e.ParamName is null ? e.Message : e.Message.Replace($" (Parameter '{e.ParamName}')", ""));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{modelFile}: {e.Message}");
        }
    }

    private static int FrameLength(Scene scene, CommandLine options)
    {
        var seconds = options.FrameSeconds
            ?? (scene.Mixing == MixingKind.Instantaneous ? PannedFrame : RoomFrame);
        var length = seconds * scene.Recording.SampleRate;
        var below = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Ceiling(length)) / 2;
        return Math.Max(16, length / below < 2 * below / length ? below : 2 * below);
    }

    // Which source is which voice, by the scores.
    private static IReadOnlyList<FoundSource> Describe(Scene scene, AudioClip[] images)
    {
        if (scene.Voices.Count == 0)
            return [.. images.Select((image, j) => new FoundSource(j, image, null, null, null))];
        AudioClip[] truth = [.. scene.Voices.Select(voice => voice.Image)];
        var result = BssEval.EvaluateImages(truth, images, FilterLength);
        var before = BssEval.EvaluateImages(
            truth, [.. truth.Select(_ => scene.Recording)], FilterLength, permute: false);
        return [.. scene.Voices.Select((voice, j) => new FoundSource(
            result.Order[j], images[result.Order[j]], voice, result.Scores[j], before.Scores[j]))];
    }
}
