using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>The measure of fit of a model where it is not a β-divergence.</summary>
internal sealed class MeasureSection : IProblemSection
{
    public const string TagName = "measure";

    private const int LargestName = 1 << 10;

    // byte: kind; then what the kind writes. The order is that of the numbers in files.
    private static readonly Form[] Forms =
    [
        // double: alpha
        Form.Of<AlphaDivergence>(
            (writer, measure) => writer.Write(measure.Alpha),
            reader => new(new AlphaDivergence(reader.ReadFinite("alpha")))),

        // string: name of the generator
        Form.Of<BregmanDivergence>(
            (writer, measure) => writer.Write(BregmanContracts.NameOf(measure.Generator)),
            reader => new(reader.ReadText("name of the Bregman generator", LargestName))),

        // two doubles: the Beta prior
        Form.Of<BernoulliLikelihood>(
            (writer, measure) =>
            {
                writer.Write(measure.A);
                writer.Write(measure.B);
            },
            reader => new(new BernoulliLikelihood(
                reader.ReadFinite("Beta prior", atLeast: 1), reader.ReadFinite("Beta prior", atLeast: 1)))),
    ];

    private readonly MeasureOfFit? _measure;
    private readonly string? _generatorName;

    private MeasureSection(MeasureOfFit measure) => _measure = measure;

    private MeasureSection(string generatorName) => _generatorName = generatorName;

    public string Tag => TagName;

    public static MeasureSection Of(NmfEstimator.Options options) => new(((MeasureNmf)options.Problem).Measure);

    // Before it is resolved only the common part of a file is read, which does not ask.
    public NmfProblem Problem(double beta) => _measure!;

    /// <summary>The section with a generator that the environment knows by its name.</summary>
    public MeasureSection Resolved(IHostEnvironment environment)
        => _generatorName is null
            ? this
            : new MeasureSection(new BregmanDivergence(BregmanContracts.Create(environment, _generatorName)));

    public void Save(BinaryWriter writer)
    {
        var kind = Array.FindIndex(Forms, form => form.Measure == _measure!.GetType());
        if (kind < 0)
            throw new NotSupportedException(
                $"Models of {_measure} cannot be stored: {_measure!.GetType().Name} has no form among those of "
                + $"{nameof(MeasureSection)}.");
        writer.Write((byte)kind);
        Forms[kind].Write(writer, _measure!);
    }

    public static MeasureSection Load(CheckedReader reader, NmfModelParameters model)
    {
        var kind = reader.ReadByte("measure of fit");
        reader.Require(kind < Forms.Length, "measure of fit");
        return Forms[kind].Read(reader);
    }

    private sealed record Form(
        Type Measure, Action<BinaryWriter, MeasureOfFit> Write, Func<CheckedReader, MeasureSection> Read)
    {
        public static Form Of<T>(Action<BinaryWriter, T> write, Func<CheckedReader, MeasureSection> read)
            where T : MeasureOfFit
            => new(typeof(T), (writer, measure) => write(writer, (T)measure), read);
    }
}
