namespace TopicModel;

/// <summary>What the program writes.</summary>
/// <param name="Model">The pipeline from Text to Topics, for <c>mlContext.Model.Load</c>.</param>
/// <param name="Report">The report.</param>
internal sealed record OutputFiles(string Model, string Report)
{
    /// <summary>Makes the folder before any work is done, so that a mistake in its name costs no time.</summary>
    /// <exception cref="UserErrorException">It cannot be written to.</exception>
    public static OutputFiles In(string folder)
    {
        ConsoleProgram.OutputFolder(folder);
        return new OutputFiles(Path.Combine(folder, "topics.zip"), Path.Combine(folder, "topics.html"));
    }
}
