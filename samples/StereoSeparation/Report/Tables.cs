using StereoSeparation.Analysis;

namespace StereoSeparation.Report;

/// <summary>What was found, as tables.</summary>
internal static class Tables
{
    /// <summary>One row per source; with scores where the voices are known.</summary>
    public static Table Sources(Separation separation, PlaceMeasure places)
    {
        var stft = separation.Mixture.Stft;
        if (separation.Scene.Voices.Count == 0)
        {
            var plain = new Table("source", ">place", ">share of the energy");
            var energies = separation.Sources.Select(source => source.Image.Channels.Sum(
                channel => channel.Sum(x => (double)x * x))).ToArray();
            foreach (var source in separation.Sources)
            {
                plain.Add(
                    Name(source), places.Text(places.Of(stft.Analyze(source.Image))),
                    Format.Percent(energies[source.Number] / energies.Sum()));
            }

            return plain;
        }

        var table = new Table(
            "source", ">true place", ">place", ">SDR of the recording", ">SDR", ">ISR", ">SIR", ">SAR");
        foreach (var source in separation.Sources)
        {
            table.Add(
                Name(source), places.Text(places.Of(stft.Analyze(source.Truth!.Image))),
                places.Text(places.Of(stft.Analyze(source.Image))), Decibels(source.Before!.SourceToDistortion),
                Decibels(source.Score!.SourceToDistortion), Decibels(source.Score.SourceToSpatialDistortion!.Value),
                Decibels(source.Score.SourceToInterference), Decibels(source.Score.SourceToArtifacts));
        }

        return table;
    }

    /// <summary>A source by its voice, or by its number in tables of activity.</summary>
    public static string Name(FoundSource source) => source.Truth?.Name ?? $"source {source.Number}";

    /// <summary>What was known.</summary>
    public static string Knowledge(Separation separation) => separation.IsGuided ? "times known" : "blind";

    /// <summary>A level or ratio.</summary>
    public static string Decibels(double value)
        => double.IsPositiveInfinity(value) ? "∞" : Format.Figure(value, 1) + " dB";
}
