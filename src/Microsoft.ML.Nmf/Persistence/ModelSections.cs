using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>The sections of a model: at most one of each kind.</summary>
internal sealed class ModelSections
{
    private const int LargestTag = 64;

    // Every kind of section that this version can read.
    private static readonly Dictionary<string, Func<CheckedReader, NmfModelParameters, IModelSection>> Readers =
        new(StringComparer.Ordinal)
        {
            [PenaltySection.SectionTag] = PenaltySection.Load,
            [RelevanceSection.SectionTag] = RelevanceSection.Load,
            [MissingEntriesSection.TagInFile] = MissingEntriesSection.Load,
            [MeasureSection.TagName] = MeasureSection.Load,
            [OutlierSection.TagName] = OutlierSection.Load,
            [AbundanceSection.TagName] = AbundanceSection.Load,
            [LibrarySection.TagName] = LibrarySection.Load,
            [SelectedRowsSection.TagName] = SelectedRowsSection.Load,
            [SmoothSection.TagName] = SmoothSection.Load,
            [DynamicalSystemSection.TagName] = DynamicalSystemSection.Load,
            [InputSection.TagName] = InputSection.Load,
            [MarginalSection.TagName] = MarginalSection.Load,
            [ComponentNamesSection.TagName] = ComponentNamesSection.Load,
            [EditsSection.TagName] = EditsSection.Load,
        };

    private readonly IModelSection[] _sections;

    public ModelSections(params IModelSection[] sections) => _sections = sections;

    /// <summary>What only this model has.</summary>
    public IReadOnlyList<string> Tags => [.. _sections.Select(section => section.Tag)];

    public static ModelSections None { get; } = new();

    /// <summary>The section of one kind, or null.</summary>
    public TSection? Find<TSection>()
        where TSection : class, IModelSection
        => _sections.OfType<TSection>().SingleOrDefault();

    /// <summary>The same sections, one of them replaced.</summary>
    public ModelSections With(IModelSection section)
        => new([.. _sections.Where(other => other.Tag != section.Tag), section]);

    /// <summary>The same sections without those of one tag.</summary>
    public ModelSections Without(string tag) => new([.. _sections.Where(section => section.Tag != tag)]);

    /// <summary>The sections after the components were edited.</summary>
    public ModelSections Edited(ComponentEdit edit) => new([.. _sections.Select(section => section.Edited(edit))]);

    /// <summary>What each section writes, by its tag.</summary>
    public IEnumerable<(string Tag, byte[] Content)> Contents()
    {
        foreach (var section in _sections)
        {
            using var stream = new MemoryStream();
            using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
                section.Save(writer);
            yield return (section.Tag, stream.ToArray());
        }
    }

    /// <summary>Sections of what <see cref="Contents"/> gave.</summary>
    /// <exception cref="FormatException">It is damaged, or of a section that this version does not know.</exception>
    public static ModelSections Of(IEnumerable<(string Tag, byte[] Content)> contents, NmfModelParameters model)
    {
        var sections = new List<IModelSection>();
        foreach (var (tag, content) in contents)
        {
            var reader = new CheckedReader(new BinaryReader(new MemoryStream(content)));
            if (!Readers.TryGetValue(tag, out var read))
                throw reader.Unknown($"section '{tag}'");
            reader.Require(sections.TrueForAll(section => section.Tag != tag), "list of sections");
            sections.Add(read(reader, model));
            reader.Require(reader.IsAtEnd, $"section '{tag}'");
        }

        return Compatible(sections, reader: new CheckedReader(new BinaryReader(Stream.Null)));
    }

    // *** Binary format ***
    // int: number of sections; for each: string: tag; what the section writes
    public void Save(BinaryWriter writer)
    {
        writer.Write(_sections.Length);
        foreach (var section in _sections)
        {
            writer.Write(section.Tag);
            section.Save(writer);
        }
    }

    /// <param name="reader">Stands behind the common part.</param>
    /// <param name="model">The common part, for the sizes that a section is checked against.</param>
    public static ModelSections Load(CheckedReader reader, NmfModelParameters model)
    {
        var count = reader.ReadCount("number of sections", 0);
        reader.Require(count <= Readers.Count, "number of sections");
        var sections = new List<IModelSection>(count);
        for (var i = 0; i < count; i++)
        {
            var tag = reader.ReadText("tag of a section", LargestTag);
            if (!Readers.TryGetValue(tag, out var read))
                throw reader.Unknown($"section '{tag}'");
            reader.Require(sections.TrueForAll(section => section.Tag != tag), "list of sections");
            sections.Add(read(reader, model));
        }

        return count == 0 ? None : Compatible(sections, reader);
    }

    // A model has one problem, which none of sequences or priors has.
    private static ModelSections Compatible(List<IModelSection> sections, CheckedReader reader)
    {
        reader.Require(
            sections.Count(section => section is IProblemSection or SequenceSection or MarginalSection) <= 1,
            "list of sections");
        return new ModelSections([.. sections]);
    }
}
