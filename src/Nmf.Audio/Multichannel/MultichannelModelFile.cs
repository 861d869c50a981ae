namespace Nmf.Audio;

/// <summary>
/// The file of a model of several channels: <see cref="SealedContent"/> of sample rate, frame length, hop, transform
/// length, window, padding, scaling, number of channels, whether the mixing is instantaneous, number of frames, method
/// (0: expectation-maximisation, 1: multiplicative, 2: independent low-rank analysis, 3: covariances of full rank),
/// sources, ends of their components; the exponent; the floor; and the parameters, in double precision.
/// </summary>
internal static class MultichannelModelFile
{
    private const int Facts = 12;
    private const int FullRank = 3;
    private const int MostFrames = 1 << 28;

    private static readonly SealedContent Seal = new("multichannel model", "NMFMCH", 1);

    public static void Write(MultichannelModel model, Stream stream) => Seal.Write(stream, writer =>
    {
        var (stft, factors) = (model.Stft.Options, model.Factors);
        int[] facts =
        [
            model.SampleRate, stft.FrameLength, stft.EffectiveHopLength, stft.EffectiveFftLength, (int)stft.Window,
            (int)stft.Padding, (int)stft.Scaling, factors.Channels, factors.IsInstantaneous ? 1 : 0, factors.Frames,
            CodeOf(model.Method), factors.Sources, .. factors.Offsets[1..],
        ];
        writer.WriteNumbers<int>(facts);
        writer.Write(model.Method is MultiplicativeUpdates updates ? updates.Exponent : 0);
        writer.Write(model.Floor);
        factors.Save(writer);
    });

    public static MultichannelModel Read(Stream stream)
    {
        var content = Seal.Read(stream, (Facts * sizeof(int)) + (2 * sizeof(double)));
        using var reader = new BinaryReader(new MemoryStream(content));
        var facts = new int[Facts];
        reader.ReadNumbers(facts.AsSpan());
        var options = new StftOptions
        {
            FrameLength = facts[1], HopLength = facts[2], FftLength = facts[3], Window = (StftWindow)facts[4],
            Padding = (StftPadding)facts[5], Scaling = (StftScaling)facts[6],
        };
        Seal.Require(
            facts[0] > 0 && facts[7] is > 1 and <= MultichannelOptions.MostChannels && facts[8] is 0 or 1
            && facts[9] is > 0 and <= MostFrames && facts[10] is >= 0 and <= FullRank
            && facts[11] is > 0 and <= MultichannelOptions.MostSources, "its facts are out of range");
        try
        {
            options.Validate();
            return Parse(facts, options, reader, content.Length);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or EndOfStreamException)
        {
            throw new InvalidDataException($"The multichannel model is damaged: {e.Message}", e);
        }
    }

    private static int CodeOf(MultichannelMethod method)
        => method switch
        {
            ExpectationMaximization => 0, MultiplicativeUpdates => 1, IndependentLowRank => 2, _ => FullRank,
        };

    private static MultichannelModel Parse(int[] facts, StftOptions options, BinaryReader reader, long length)
    {
        var offsets = new int[facts[11] + 1];
        reader.ReadNumbers(offsets.AsSpan(1));
        for (var j = 1; j < offsets.Length; j++)
            Seal.Require(
                offsets[j] > offsets[j - 1] && offsets[j] - offsets[j - 1] <= MultichannelOptions.MostComponents,
                "its components are out of range");
        var (exponent, floor) = (reader.ReadFinite(), reader.ReadFinite(0));
        var bins = (options.EffectiveFftLength / 2) + 1;
        var (channels, frames, sources) = (facts[7], facts[9], facts[11]);
        var (mixings, isFullRank) = (facts[8] == 1 ? 1 : bins, facts[10] == FullRank);
        Seal.Require(!isFullRank || facts[8] == 0, "its mixing does not go with its method");
        var directions = isFullRank ? channels : sources;
        // Before memory is taken for them.
        Seal.Require(
            length - reader.BaseStream.Position == sizeof(double) * ((2L * mixings * channels * directions)
                + (isFullRank ? sources * channels : 0)
                + ((long)bins * offsets[^1]) + ((long)offsets[^1] * frames) + ((long)bins * channels)),
            "its length does not fit its facts");
        MultichannelMethod method = facts[10] switch
        {
            0 => new ExpectationMaximization(),
            1 => new MultiplicativeUpdates { Exponent = exponent },
            2 => new IndependentLowRank(),
            _ => new FullRankCovariance(),
        };
        method.Validate();
        var factors = new MixingFactors(channels, bins, frames, offsets, facts[8] == 1, isFullRank)
        {
            HalfRateBin = options.EffectiveFftLength % 2 == 0 ? bins - 1 : 0,
        };
        factors.Load(reader);
        Seal.Require(
            !method.HasPhases || !factors.Noise.AsSpan().Contains(0), "there is no noise at some frequency");
        return new MultichannelModel(facts[0], options, method, factors, floor, null);
    }
}
