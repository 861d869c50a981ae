using System.Security.Cryptography;

namespace Nmf.Tests.CoFactorisation;

/// <summary>Models that are saved and loaded.</summary>
public sealed class CoNmfFileTests
{
    private const int Samples = 11;

    private static readonly NmfData<float>[] Views = CoFixture.Dense<float>(
        CoFixture.Views(Samples, 3, 1, 9, 5, 4), Samples);

    public static TheoryData<int> Couplings => [0, 1, 2];

    [Theory]
    [MemberData(nameof(Couplings))]
    public void A_file_has_all_that_inference_needs(int coupling)
    {
        var model = Fit(coupling);
        var loaded = CoNmfModel<float>.Load(new MemoryStream(FileOf(model)));
        Assert.Null(loaded.Report);
        Assert.Equal(model.Options.Coupling, loaded.Options.Coupling);
        Assert.Equal(model.Options.Scaling, loaded.Options.Scaling);
        Assert.Equal(model.Options.Inference, loaded.Options.Inference);
        Assert.Equal(model.Options.Views, loaded.Options.Views);
        Assert.Equal(model.Weights, loaded.Weights);
        Assert.Equal(model.ExplainedParts, loaded.ExplainedParts);
        Assert.Equal(model.Contributions, loaded.Contributions);
        Assert.Equal(model.CouplingValue, loaded.CouplingValue);
        Assert.All(
            model.Dictionaries.Zip(loaded.Dictionaries).Concat(model.Activations.Zip(loaded.Activations)),
            pair => Assert.Equal(pair.First.ToRowMajor(), pair.Second.ToRowMajor()));
        Assert.Equal(coupling == 0, ReferenceEquals(loaded.Activations[0], loaded.Activations[2]));
        Assert.Equal(
            model.Predict([null, Views[1], Views[2]], 0).ToRowMajor(),
            loaded.Predict([null, Views[1], Views[2]], 0).ToRowMajor());
        Assert.Equal(FileOf(model), FileOf(loaded));
    }

    [Fact]
    public void Files_in_a_stream_are_read_one_after_the_other()
    {
        using var stream = new MemoryStream();
        Fit(0).Save(stream);
        Fit(1).Save(stream);
        stream.Position = 0;
        Assert.IsType<SharedCoupling>(CoNmfModel<float>.Load(stream).Options.Coupling);
        Assert.IsType<SoftCoupling>(CoNmfModel<float>.Load(stream).Options.Coupling);
        Assert.Equal(stream.Length, stream.Position);
    }

    [Theory]
    [MemberData(nameof(Couplings))]
    public void Damaged_files_are_refused(int coupling)
    {
        var file = FileOf(Fit(coupling));
        Assert.Contains("4 bytes", Assert.Throws<InvalidDataException>(
            () => CoNmfModel<double>.Load(new MemoryStream(file))).Message, StringComparison.Ordinal);
        for (var length = 0; length < file.Length; length += 1 + (length / 16))
            Refused(file[..length]);
        var random = new Random(1);
        var (models, refused) = (0, 0);
        for (var i = 0; i < 400; i++)
        {
            var damaged = file.ToArray();
            damaged[random.Next(i < 300 ? 180 : file.Length)] ^= (byte)(1 << random.Next(8));
            Refused(damaged);

            // With a checksum that fits: it is refused, or it is a model.
            SHA256.HashData(damaged.AsSpan()[12..^32]).CopyTo(damaged.AsSpan()[^32..]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var model = CoNmfModel<float>.Load(new MemoryStream(damaged));
                models++;
                Assert.All(model.Dictionaries, w => Assert.DoesNotContain(
                    w.ToRowMajor(), x => x < 0 || !float.IsFinite(x)));
            }
            catch (InvalidDataException)
            {
                refused++;
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 << 20);
        }

        Assert.True(models > 20 && refused > 20, $"{models}, {refused}");
    }

    private static CoNmfModel<float> Fit(int coupling) => CoNmf.Fit(Views, new CoNmfOptions
    {
        Rank = 3, Starts = 1, SharedIterations = 5, Scaling = (DictionaryScaling)(coupling % 2),
        Coupling = coupling switch
        {
            0 => ViewCoupling.Shared,
            1 => ViewCoupling.L1(0.1),
            _ => ViewCoupling.L2(2),
        },
        Views = [new() { Beta = 2 }, new() { Beta = 1, Weight = 0.25 }, new() { Beta = 0.5 }],
        Inference = new InferenceOptions { Tolerance = 1e-4, MaximumIterations = 300 },
        Iterations = new IterationOptions { MaximumIterations = 10 },
    });

    private static byte[] FileOf(CoNmfModel<float> model)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }

    private static void Refused(byte[] bytes)
        => Assert.Throws<InvalidDataException>(() => CoNmfModel<float>.Load(new MemoryStream(bytes)));
}
