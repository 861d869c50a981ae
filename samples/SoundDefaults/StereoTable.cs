using Nmf;
using Nmf.Audio;

namespace SoundDefaults;

/// <summary>How fits of several channels start: what is gained over the mixture, in SDR of the images.</summary>
internal static class StereoTable
{
    private const double Block = 0.1;

    public static void Print(string recordings)
    {
        Print(
            "Three sources, panned", StereoMixtures.Instantaneous(recordings), MixingKind.Instantaneous,
            new StftOptions { FrameLength = 1024 });
        Print(
            "Three sources in a room, 250 ms", StereoMixtures.Reverberant(recordings), MixingKind.Convolutive,
            new StftOptions { FrameLength = 2048 });
    }

    private static void Print(
        string title, IEnumerable<StereoMixture> mixtures, MixingKind mixing, StftOptions frames)
    {
        var table = new Table(
            ["mixture", ">random", ">five random", ">blind", ">times known", ">from the sources"]);
        var rows = new List<double[]>();
        foreach (var mixture in mixtures)
        {
            var (recording, stft) = (mixture.Recording, new Stft(frames));
            var spectrogram = stft.Analyze(recording);
            var options = new MultichannelOptions { Sources = mixture.Images.Count, Mixing = mixing };
            var guided = options with { Activity = new ActivityTable(Activity(mixture)) };
            var truth = mixture.Images.Select(image => stft.Analyze(image)).ToArray();
            rows.Add(
            [
                Gain(Fit(options, MultichannelStart.Random(spectrogram, options))),
                Gain(Fit(options with { Starts = 5 }, MultichannelStart.Random(spectrogram, options))),
                Gain(Fit(options, null)),
                Gain(Fit(guided, null)),
                Gain(Fit(options, MultichannelStart.FromSources(spectrogram, truth, options))),
            ]);
            table.Add([mixture.Name, .. rows[^1].Select(gain => Format.Figure(gain, 1))]);

            AudioClip[] Fit(MultichannelOptions fit, MultichannelStart? start)
            {
                var model = MultichannelNmf.Fit(spectrogram, fit, start);
                return [.. Enumerable.Range(0, model.Sources).Select(
                    j => model.SourceImage(spectrogram, model.Activations, j).ToClip())];
            }

            double Gain(AudioClip[] images) => Sdr(mixture, images)
                - Sdr(mixture, [.. mixture.Images.Select(_ => recording)]);
        }

        table.Add(["mean", .. Enumerable.Range(0, 5).Select(c => Format.Figure(rows.Average(row => row[c]), 1))]);
        Console.WriteLine($"{title}: SDR of the images gained over the mixture in dB");
        table.Print();
    }

    // The SDR of images does not depend on the length of the filters.
    private static double Sdr(StereoMixture mixture, AudioClip[] images)
        => BssEval.EvaluateImages(mixture.Images, images, filterLength: 16).Scores.Average(s => s.SourceToDistortion);

    /// <summary>When a source is heard: what is less than 40 dB below its loudest tenth of a second.</summary>
    private static List<SourceActivity> Activity(StereoMixture mixture)
    {
        var rows = new List<SourceActivity>();
        for (var j = 0; j < mixture.Images.Count; j++)
        {
            var (image, size) = (mixture.Images[j], (int)(Block * StereoMixtures.SampleRate));
            double[] powers = [.. image.Channels[0].Zip(image.Channels[1], (l, r) => (double)(l * l) + (r * r))
                .Chunk(size).Select(block => block.Sum())];
            for (var b = 0; b < powers.Length; b++)
            {
                if (powers[b] < 1e-4 * powers.Max())
                    continue;
                if (rows.Count > 0 && rows[^1].Source == j && Math.Abs(rows[^1].To - (b * Block)) < 1e-6)
                    rows[^1] = new SourceActivity(j, rows[^1].From, (b + 1) * Block);
                else
                    rows.Add(new SourceActivity(j, b * Block, (b + 1) * Block));
            }
        }

        return rows;
    }
}
