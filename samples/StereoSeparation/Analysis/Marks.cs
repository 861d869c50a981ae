using Nmf.Audio;
using StereoSeparation.Sound;

namespace StereoSeparation.Analysis;

/// <summary>The table that a careful listener would write of voices that are known.</summary>
internal static class Marks
{
    private const double Block = 0.1;
    private const double Softest = 1e-6;

    /// <summary>A voice is heard where a tenth of a second is no more than 60 dB below its loudest.</summary>
    public static ActivityTable Of(IReadOnlyList<Voice> voices)
    {
        var rows = new List<SourceActivity>();
        for (var j = 0; j < voices.Count; j++)
        {
            var image = voices[j].Image;
            var powers = new double[(int)Math.Ceiling(image.Samples / (Block * image.SampleRate))];
            foreach (var channel in image.Channels)
            {
                for (var t = 0; t < channel.Length; t++)
                    powers[(int)(t / (Block * image.SampleRate))] += (double)channel[t] * channel[t];
            }

            var heard = Array.ConvertAll(powers, power => power > Softest * powers.Max());
            for (var b = 0; b < heard.Length; b++)
            {
                if (!heard[b])
                    continue;
                var end = Array.IndexOf(heard, false, b) is var silent and >= 0 ? silent : heard.Length;
                rows.Add(new SourceActivity(j, b * Block, end * Block));
                b = end;
            }
        }

        return new ActivityTable(rows);
    }
}
