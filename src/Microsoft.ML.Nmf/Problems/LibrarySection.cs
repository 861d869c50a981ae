using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>Which spectra of a library the components are, and where they were in the picture of the fit.</summary>
internal sealed class LibrarySection(IReadOnlyList<LibrarySpectrum> spectra) : IModelSection
{
    public const string TagName = "library spectra";

    private const int LeastBytes = 17;

    public string Tag => TagName;

    public IReadOnlyList<LibrarySpectrum> Spectra { get; } = spectra;

    public IModelSection Edited(ComponentEdit edit)
    {
        edit.RequireOldComponents("its components are spectra of a library");
        return new LibrarySection([.. edit.Order.Select(k => Spectra[k])]);
    }

    // for each component: int: number in the library; string: name; double: abundance; int: pixels
    public void Save(BinaryWriter writer)
    {
        foreach (var spectrum in Spectra)
        {
            writer.Write(spectrum.Index);
            writer.Write(spectrum.Name);
            writer.Write(spectrum.Abundance);
            writer.Write(spectrum.Pixels);
        }
    }

    public static LibrarySection Load(CheckedReader reader, NmfModelParameters model)
        => new(Array.AsReadOnly(reader.ReadArray("library spectra", model.Rank, LeastBytes, r => new LibrarySpectrum(
            r.ReadCount("number of a library spectrum", 0),
            r.ReadText("name of a library spectrum"),
            r.ReadFinite("abundance of a library spectrum", atLeast: 0),
            r.ReadCount("pixels of a library spectrum", 0)))));
}
