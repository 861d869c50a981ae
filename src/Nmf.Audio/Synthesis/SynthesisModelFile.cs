using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// The file of a model of time-frequency synthesis: <see cref="SealedContent"/> of sample rate, likelihood and number
/// of layers; of every layer frame length, hop, transform length, window and rank; the variance of the noise; and the
/// dictionaries, row by row, in double precision.
/// </summary>
internal static class SynthesisModelFile
{
    private const int Facts = 3;
    private const int FactsOfLayer = 5;

    private static readonly SealedContent Seal = new("synthesis model", "NMFTFS", 1);

    public static void Write(SynthesisModel model, Stream stream) => Seal.Write(stream, writer =>
    {
        writer.WriteNumbers<int>([model.SampleRate, (int)model.Likelihood, model.Layers]);
        for (var j = 0; j < model.Layers; j++)
        {
            var stft = model.Stft(j);
            writer.WriteNumbers<int>(
            [
                stft.FrameLength, stft.EffectiveHopLength, stft.EffectiveFftLength, (int)stft.Window,
                model.Dictionary(j).Columns,
            ]);
        }

        writer.Write(model.NoiseVariance);
        for (var j = 0; j < model.Layers; j++)
            writer.WriteMatrix(model.Dictionary(j));
    });

    public static SynthesisModel Read(Stream stream)
    {
        var content = Seal.Read(stream, ((Facts + FactsOfLayer) * sizeof(int)) + sizeof(double));
        using var reader = new BinaryReader(new MemoryStream(content));
        try
        {
            return Parse(reader, content.Length);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or EndOfStreamException)
        {
            throw new InvalidDataException($"The synthesis model is damaged: {e.Message}", e);
        }
    }

    private static SynthesisModel Parse(BinaryReader reader, long length)
    {
        var facts = new int[Facts];
        reader.ReadNumbers(facts.AsSpan());
        Seal.Require(
            facts[0] > 0 && facts[2] is > 0 and <= SynthesisOptions.MostLayers, "its facts are out of range");
        var layers = new SynthesisLayer[facts[2]];
        for (var j = 0; j < layers.Length; j++)
        {
            var numbers = new int[FactsOfLayer];
            reader.ReadNumbers(numbers.AsSpan());
            layers[j] = new SynthesisLayer
            {
                Stft = new StftOptions
                {
                    FrameLength = numbers[0], HopLength = numbers[1], FftLength = numbers[2],
                    Window = (StftWindow)numbers[3],
                },
                Rank = numbers[4],
            };
        }

        var options = new SynthesisOptions
        {
            Layers = layers, Likelihood = (SynthesisLikelihood)facts[1],
            Noise = SynthesisNoise.Fixed(reader.ReadFinite()),
        };
        options.Validate();
        var sizes = layers.Select(layer => (Bins: (layer.Stft.EffectiveFftLength / 2) + 1, layer.Rank)).ToArray();
        // Before memory is taken for them.
        Seal.Require(
            length - reader.BaseStream.Position == sizeof(double) * sizes.Sum(size => (long)size.Bins * size.Rank),
            "its length does not fit its facts");
        return new SynthesisModel(
            facts[0], options.Likelihood, options.Noise.Variance!.Value,
            [.. layers.Zip(sizes, (layer, size) => (layer.Stft, ReadDictionary(reader, size.Bins, size.Rank)))]);
    }

    private static Matrix<double> ReadDictionary(BinaryReader reader, int bins, int rank)
    {
        var dictionary = new Matrix<double>(bins, rank);
        reader.ReadFactor(dictionary);
        return dictionary;
    }
}
