using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Documentation.Tests;

/// <summary>Compiles blocks of C# in memory, against what this test project references.</summary>
internal static class BlockCompiler
{
    // What a new project of the SDK brings along by itself.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static int _compilations;

    private static readonly CSharpParseOptions Options =
        CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp14);

    private static readonly Lazy<MetadataReference[]> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    /// <summary>The errors of a block. One that has using directives is a program or a file and stands alone; others
    /// stand in a method or a class after the prelude.</summary>
    public static IReadOnlyList<string> Errors(string code, string prelude)
    {
        if (Parse(code).Usings.Any())
            return Compile(code);
        var context = Parse(prelude);
        var (usings, members) = (context.Usings.ToFullString(), Rest(prelude, context));
        var inMethod = Compile($"{usings}\nclass Page\n{{\n{members}\nasync Task Block()\n{{\n{code}\n}}\n}}");
        return inMethod.Count == 0
            ? inMethod
            : Fewest(inMethod, Compile($"{usings}\nclass Page\n{{\n{members}\n{code}\n}}"));
    }

    /// <summary>Runs a program of one file, and gives what it prints.</summary>
    /// <exception cref="InvalidOperationException">It does not compile.</exception>
    public static string Run(string code)
    {
        using var assembly = new MemoryStream();
        var result = Compilation(code).Emit(assembly);
        if (!result.Success)
            throw new InvalidOperationException(string.Join(" ", ErrorsOf(result.Diagnostics)));
        var main = Assembly.Load(assembly.ToArray()).EntryPoint!;
        var (output, console) = (new StringWriter(), Console.Out);
        Console.SetOut(output);
        try
        {
            main.Invoke(
                null, BindingFlags.DoNotWrapExceptions, null,
                [.. main.GetParameters().Select(_ => Array.Empty<string>())], null);
        }
        finally
        {
            Console.SetOut(console);
        }

        return output.ToString();
    }

    private static CompilationUnitSyntax Parse(string code)
        => CSharpSyntaxTree.ParseText(code, Options).GetCompilationUnitRoot();

    private static string Rest(string text, CompilationUnitSyntax unit)
        => unit.Usings.Any() ? text[unit.Usings.Last().FullSpan.End..] : text;

    private static List<string> Fewest(List<string> a, List<string> b)
        => b.Count < a.Count ? b : a;

    private static List<string> Compile(string code) => ErrorsOf(Compilation(code).GetDiagnostics());

    private static List<string> ErrorsOf(IEnumerable<Diagnostic> diagnostics)
        => [.. diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(
            diagnostic => diagnostic.GetMessage())];

    private static CSharpCompilation Compilation(string code)
    {
        var tree = CSharpSyntaxTree.ParseText(code, Options);
        var isProgram = tree.GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().Any();
        return CSharpCompilation.Create(
            $"Block{Interlocked.Increment(ref _compilations)}",
            [tree, CSharpSyntaxTree.ParseText(ImplicitUsings, Options)],
            References.Value,
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable));
    }
}
