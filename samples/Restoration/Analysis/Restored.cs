using Nmf.Audio;
using Restoration.Sound;

namespace Restoration.Analysis;

/// <summary>A group of components as a sound.</summary>
/// <param name="Name">Its name: that of the source it is most like where sources are known.</param>
/// <param name="Components">Its components, from 0.</param>
/// <param name="Place">From -1, left, to 1, right; null where the group is dropped.</param>
/// <param name="Signal">Its sound.</param>
/// <param name="Score">How good it is as an estimate of its source, where that is known.</param>
/// <param name="Before">How good the recording itself would have been.</param>
internal sealed record Part(
    string Name, int[] Components, double? Place, float[] Signal, SeparationScore? Score, SeparationScore? Before);

/// <summary>The parts of a recording and their mix.</summary>
/// <param name="Parts">The groups, and last what is dropped.</param>
/// <param name="Left">Left channel of the mix.</param>
/// <param name="Right">Right channel of the mix.</param>
/// <param name="GreatestError">Greatest difference between the recording and the mean of the channels with what was
/// dropped, relative to the peak of the recording.</param>
internal sealed record Restored(IReadOnlyList<Part> Parts, float[] Left, float[] Right, double GreatestError)
{
    /// <summary>Makes the sounds of the groups and mixes them.</summary>
    public static Restored Create(
        Decomposition decomposition, Recording recording, IReadOnlyList<int[]> groups, IReadOnlyList<double> places)
    {
        int[] dropped = [.. Enumerable.Range(0, decomposition.Components).Except(groups.SelectMany(group => group))];
        int[][] all = dropped.Length > 0 ? [.. groups, dropped] : [.. groups];
        var signals = all.Select(group => decomposition.Signal(group)).ToArray();
        var (left, right) = StereoMix.Mix(signals[..groups.Count], places);
        var error = 0.0;
        for (var t = 0; t < left.Length; t++)
            error = Math.Max(
                error, Math.Abs((0.5 * ((double)left[t] + right[t])) + (dropped.Length > 0 ? signals[^1][t] : 0)
                    - recording.Samples[t]));
        var scores = Scores(recording, signals);
        var parts = all.Select((group, g) =>
        {
            var isDropped = g == groups.Count;
            var (track, score, before) = scores?[g] ?? (null, null, null);
            return new Part(
                track ?? (isDropped ? "dropped" : $"group {g + 1}"), group, isDropped ? null : places[g], signals[g],
                score, before);
        });
        return new Restored([.. parts], left, right, error / recording.Samples.Max(Math.Abs));
    }

    /// <summary>For each signal its source and the scores; null where sources are not known, or where there are not
    /// as many of them.</summary>
    private static (string? Track, SeparationScore? Score, SeparationScore? Before)[]? Scores(
        Recording recording, float[][] signals)
    {
        if (recording.Tracks.Count != signals.Length)
            return null;
        float[][] sources = [.. recording.Tracks.Select(track => track.Samples)];
        var result = BssEval.Evaluate(sources, signals);
        var before = BssEval.Evaluate(sources, [.. sources.Select(_ => recording.Samples)], permute: false);
        var scores = new (string?, SeparationScore?, SeparationScore?)[signals.Length];
        for (var source = 0; source < sources.Length; source++)
            scores[result.Order[source]] = (recording.Tracks[source].Name, result.Scores[source],
                before.Scores[source]);
        return scores;
    }
}
