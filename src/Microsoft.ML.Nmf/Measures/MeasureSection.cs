using Microsoft.ML.Runtime;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>The measure of fit of a model where it is not a β-divergence.</summary>
internal sealed class MeasureSection : IModelSection
{
    public const string TagName = "measure";

    private const int LargestName = 1 << 10;

    private readonly string? _generatorName;

    public MeasureSection(MeasureOfFit measure) => Measure = measure;

    private MeasureSection(string generatorName) => _generatorName = generatorName;

    private enum Kind : byte
    {
        Alpha,
        Bregman,
        Bernoulli,
    }

    public string Tag => TagName;

    /// <summary>The measure; null until <see cref="Resolved"/> where it depends on a registered class.</summary>
    public MeasureOfFit? Measure { get; }

    /// <summary>The section with a generator that the environment knows by its name.</summary>
    public MeasureSection Resolved(IHostEnvironment environment)
        => _generatorName is null
            ? this
            : new MeasureSection(new BregmanDivergence(BregmanContracts.Create(environment, _generatorName)));

    // byte: kind; alpha: double; Bernoulli: two doubles; Bregman: string: name of the generator
    public void Save(BinaryWriter writer)
    {
        switch (Measure)
        {
            case AlphaDivergence { Alpha: var alpha }:
                writer.Write((byte)Kind.Alpha);
                writer.Write(alpha);
                break;
            case BernoulliLikelihood likelihood:
                writer.Write((byte)Kind.Bernoulli);
                writer.Write(likelihood.A);
                writer.Write(likelihood.B);
                break;
            case BregmanDivergence { Generator: var generator }:
                writer.Write((byte)Kind.Bregman);
                writer.Write(BregmanContracts.NameOf(generator));
                break;
        }
    }

    public static MeasureSection Load(CheckedReader reader, NmfModelParameters model)
        => reader.ReadEnum<Kind>("measure of fit") switch
        {
            Kind.Alpha => new MeasureSection(new AlphaDivergence(reader.ReadFinite("alpha"))),
            Kind.Bernoulli => new MeasureSection(new BernoulliLikelihood(
                reader.ReadFinite("Beta prior", atLeast: 1), reader.ReadFinite("Beta prior", atLeast: 1))),
            _ => new MeasureSection(reader.ReadText("name of the Bregman generator", LargestName)),
        };
}
