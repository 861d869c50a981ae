using PartsOfObjects.Images;

namespace PartsOfObjects;

/// <summary>What the user asked for.</summary>
internal sealed record Options
{
    public string? Folder { get; private init; }

    public string? Digits { get; private init; }

    public int? Rank { get; private init; }

    public int? Show { get; private init; }

    public required string OutputFolder { get; init; }

    /// <summary>Reads the options.</summary>
    /// <returns>What was asked for, or null where that was help, which has been written.</returns>
    /// <exception cref="UserErrorException">An option is unknown, has no value, or two of them ask for
    /// different images.</exception>
    public static Options? Parse(IReadOnlyList<string> arguments)
    {
        var command = new SampleCommand(
            "PartsOfObjects",
            """
            Learns the parts of objects: nonnegative matrix factorisation beside principal components and k-means, on
            the same images with as many components.
            """);
        var images = command.ExistingFolder(
            "--images", "FOLDER",
            "PNG, JPEG or PGM files of one size, such as faces; without it the sample draws the 256 swimmers of Donoho "
            + "and Stodden");
        var digits = command.ExistingFile(
            "--digits", "FILE",
            "A text file, or one compressed by gzip, with an image in each line: pixels from 0 to 16 and a label, "
            + "separated by commas");
        var rank = command.WholeNumber(
            "--rank",
            "Number of components [default: 16 for the swimmers; otherwise 49, or a quarter of the pixels or images "
            + "where that is less]",
            least: 1, most: 1000);
        var show = command.WholeNumber("--show", "Number of the image that is taken apart, from 0", least: 0);
        var output = command.OutputFolder("Where parts.html is written");
        if (command.Parse(arguments) is not { } asked)
            return null;
        var parsed = new Options
        {
            Folder = asked.GetValue(images), Digits = asked.GetValue(digits), Rank = asked.GetValue(rank),
            Show = asked.GetValue(show), OutputFolder = asked.GetRequiredValue(output),
        };
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
