using PartsOfObjects.Images;

namespace PartsOfObjects;

/// <summary>What the user asked for.</summary>
internal sealed record Options
{
    public const string Usage = """
        Learns the parts of objects: nonnegative matrix factorisation beside principal components and k-means,
        on the same images with as many components.

          dotnet run -c Release --project samples/PartsOfObjects [-- options]

          --images FOLDER   PNG, JPEG or PGM files of one size, such as faces; without it the sample draws
                            the 256 swimmers of Donoho and Stodden
          --digits FILE     a text file, or one compressed by gzip, with an image in each line: pixels from 0 to
                            16 and a label, separated by commas
          --rank K          number of components (16 for the swimmers; otherwise 49, or a quarter of the
                            pixels or images where that is less)
          --show N          number of the image that is taken apart, from 0
          --output FOLDER   where parts.html is written (artifacts)
          --help            this text
        """;

    public string? Folder { get; private init; }

    public string? Digits { get; private init; }

    public int? Rank { get; private init; }

    public int? Show { get; private init; }

    public string OutputFolder { get; private init; } = "artifacts";

    public bool Help { get; private init; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="UserErrorException">An option is unknown, has no value, or two of them ask for
    /// different images.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new Options();
        var reader = new ArgumentReader(arguments);
        while (reader.NextOption() is { } name)
        {
            parsed = name switch
            {
                "--images" => parsed with { Folder = reader.ExistingFolder() },
                "--digits" => parsed with { Digits = reader.ExistingFile() },
                "--rank" => parsed with { Rank = reader.WholeNumber(1, 1000) },
                "--show" => parsed with { Show = reader.WholeNumber(0) },
                "--output" => parsed with { OutputFolder = reader.Text() },
                "--help" => parsed with { Help = true },
                _ => throw reader.Unknown(),
            };
        }

        return parsed.Folder is not null && parsed.Digits is not null
            ? throw new UserErrorException("Choose --images or --digits, not both.")
            : parsed;
    }

    /// <summary>The images.</summary>
    /// <exception cref="UserErrorException">They cannot be read, or are not what the option promises.</exception>
    public ImageSet Images() => Folder is not null ? ImageFolder.Read(Folder)
        : Digits is not null ? DigitFile.Read(Digits)
        : Swimmers.Draw();

    /// <summary>The image that is taken apart.</summary>
    /// <exception cref="UserErrorException">There is none of this number.</exception>
    public int Shown(ImageSet images)
        => Show is not { } shown ? images.Usual
            : shown < images.Count ? shown
            : throw new UserErrorException(
                $"There is no image {shown}: they have the numbers 0 to {images.Count - 1}.");
}
