namespace Microsoft.ML.Transforms;

/// <summary>How a model takes its input, where that is not as usual.</summary>
/// <param name="Names">What happens when slots have other names than in the fit.</param>
/// <param name="NegativeTolerance">Down to minus this a value is taken for 0.</param>
internal sealed record InputSection(NameMismatch Names, float NegativeTolerance) : IModelSection
{
    public const string TagName = "input";

    string IModelSection.Tag => TagName;

    // byte: names; double: tolerance
    void IModelSection.Save(BinaryWriter writer)
    {
        writer.Write((byte)Names);
        writer.Write((double)NegativeTolerance);
    }

    public static InputSection Load(CheckedReader reader, NmfModelParameters model)
        => new(
            reader.ReadEnum<NameMismatch>("meaning of other names"),
            (float)reader.ReadFinite("tolerance of negative values", atLeast: 0, atMost: float.MaxValue));
}
