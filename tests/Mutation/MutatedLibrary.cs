using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Nmf.Mutation;

/// <summary>A library as its project compiles it, with one file changed.</summary>
internal sealed class MutatedLibrary
{
    private readonly CSharpCompilation _compilation;

    private MutatedLibrary(CSharpCompilation compilation, IEnumerable<ISourceGenerator> generators)
    {
        Files = [.. compilation.SyntaxTrees];
        CSharpGeneratorDriver.Create(generators, parseOptions: (CSharpParseOptions)Files[0].Options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        _compilation = (CSharpCompilation)generated;
    }

    public string FileName => _compilation.AssemblyName + ".dll";

    /// <summary>What is written by hand.</summary>
    public IReadOnlyList<SyntaxTree> Files { get; }

    /// <summary>Asks the project what it gives the compiler.</summary>
    /// <param name="project">Path of the project file.</param>
    public static MutatedLibrary Open(string project)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(project))!;
        var answer = Tool.Run(
            "dotnet",
            ["msbuild", project, "-t:Compile", "-p:Configuration=Release", "-p:TargetFramework=net10.0",
                "-p:ProvideCommandLineArgs=true", "-p:SkipCompilerExecution=true", "-p:NonExistentFile=never",
                "-p:BuildProjectReferences=false", "-getItem:CscCommandLineArgs",
            ]);
        using var json = JsonDocument.Parse(answer);
        var words = json.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray()
            .Select(item => item.GetProperty("Identity").GetString()!);
        var arguments = CSharpCommandLineParser.Default.Parse(words, folder, RuntimeEnvironment());
        var trees = arguments.SourceFiles.Select(file => CSharpSyntaxTree.ParseText(
            File.ReadAllText(file.Path), arguments.ParseOptions, file.Path,
            arguments.Encoding ?? System.Text.Encoding.UTF8));
        var references = arguments.MetadataReferences.Select(
            reference => MetadataReference.CreateFromFile(Path.GetFullPath(reference.Reference, folder)));
        return new MutatedLibrary(CSharpCompilation.Create(
            arguments.CompilationName ?? Path.GetFileNameWithoutExtension(project), trees, references,
            arguments.CompilationOptions.WithGeneralDiagnosticOption(ReportDiagnostic.Suppress)),
            arguments.AnalyzerReferences.SelectMany(reference => new AnalyzerFileReference(
                Path.GetFullPath(reference.FilePath, folder), new Loader()).GetGenerators(LanguageNames.CSharp)));
    }

    /// <summary>Compiles.</summary>
    /// <param name="mutant">The change, or null for the library as it is.</param>
    /// <param name="path">Where the assembly goes.</param>
    /// <returns>Whether the change compiles.</returns>
    public bool Emit(Mutant? mutant, string path)
    {
        var compilation = mutant is null ? _compilation : _compilation.ReplaceSyntaxTree(mutant.Tree, mutant.Apply());
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        if (result.Success)
            File.WriteAllBytes(path, assembly.ToArray());
        else if (mutant is null)
            throw new InvalidOperationException(
                string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return result.Success;
    }

    private static string RuntimeEnvironment() => Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}

/// <summary>Other programs.</summary>
internal static class Tool
{
    /// <summary>Runs one to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed:\n{output}");
    }
}
