using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace TopicModel.Corpus;

/// <summary>
/// The public types of the assemblies beside the documentation files, which also describe internal ones. Read from
/// metadata; nothing is loaded.
/// </summary>
internal static class PublicTypes
{
    /// <summary>Full names as documentation files spell them (dots for nesting, a backtick before the number of
    /// generic parameters).</summary>
    public static void Collect(string assemblyFile, ISet<string> names)
    {
        using var stream = File.OpenRead(assemblyFile);
        using var image = new PEReader(stream);
        if (!image.HasMetadata)
            return;
        var metadata = image.GetMetadataReader();
        foreach (var handle in metadata.TypeDefinitions)
        {
            if (PublicName(metadata, metadata.GetTypeDefinition(handle)) is { } name)
                names.Add(name);
        }
    }

    private static string? PublicName(MetadataReader metadata, TypeDefinition type)
    {
        var name = metadata.GetString(type.Name);
        switch (type.Attributes & TypeAttributes.VisibilityMask)
        {
            case TypeAttributes.Public:
                var space = metadata.GetString(type.Namespace);
                return space.Length == 0 ? name : $"{space}.{name}";
            case TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem:
                return PublicName(metadata, metadata.GetTypeDefinition(type.GetDeclaringType())) is { } outer
                    ? $"{outer}.{name}"
                    : null;
            default:
                return null;
        }
    }
}
