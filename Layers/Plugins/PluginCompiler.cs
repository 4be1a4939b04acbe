using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Cnn.Fillers;
using Cnn.Layers.Plugins.Compilation;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Layers.Plugins;

/// <summary>
/// Compiles plug-ins that are one C# file against this version of Cnn, and keeps the assemblies in a cache, so that a
/// file is compiled once. It uses the .NET SDK's build of file-based programs, so that the file may say
/// <c>#:package</c> and <c>#:property</c>; nullable references and implicit usings are on. Other files beside the file
/// are not used. Compiling may run code that the file's packages bring: compile only files that the user named.
/// </summary>
/// <remarks>
/// The key in the cache is made of the file's name and text, the identity of Cnn's assemblies and the SDK's version.
/// Any number of threads and processes may compile at once. The cache may be deleted at any time.
/// </remarks>
public sealed class PluginCompiler
{
    // Changes with whatever changes the result for the same source.
    private const string Recipe = "cnn plug-in 1";

    private readonly Assembly[] references;

    /// <summary>Creates a compiler.</summary>
    /// <param name="references">
    /// The assemblies that a plug-in may use besides Cnn.Layers, what it builds on and Google.Protobuf.
    /// </param>
    public PluginCompiler(params IEnumerable<Assembly> references) => this.references =
    [
        .. new[] { typeof(IMessage), typeof(CnnException), typeof(Filler), typeof(Layer) }.Select(t => t.Assembly)
            .Concat(references)
            .Distinct(),
    ];

    /// <summary>
    /// The folder of the cache. Null for <c>cnn/plugins</c> in the user's folder for caches, or, where that cannot be
    /// written, in the folder for temporary files.
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>Whether a path names C# source.</summary>
    public static bool IsSource(string path) =>
        Path.GetExtension(path).Equals(".cs", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the assembly of a C# file, from the cache or compiled.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Ends the compiler.</param>
    /// <exception cref="CnnException">
    /// The file cannot be read, does not compile (the exception lists all errors, with their places), there is no SDK,
    /// or no folder can be written.
    /// </exception>
    /// <exception cref="OperationCanceledException">The compiler was cancelled.</exception>
    public CompiledPlugin Compile(string path, CancellationToken cancellation = default)
    {
        byte[] source = FileText.ReadBytes(path);
        string text = FileText.Decode(source, path);
        DotnetSdk sdk = DotnetSdk.Find() ?? throw new CnnException(
            $"the plug-in '{path}' is C# source, and there is no .NET SDK to compile it",
            $"install the .NET {Environment.Version.Major} SDK, so that 'dotnet --list-sdks' tells of it "
            + "(https://dotnet.microsoft.com/download), or name a .dll that was built elsewhere");
        PluginCache cache = CacheFolder is { } folder ? new PluginCache([folder]) : PluginCache.OfUser();
        string name = AssemblyName(path);
        string key = Key(name, source, sdk);
        if (cache.Find(key) is { } entry)
        {
            return new CompiledPlugin(Path.Combine(entry, name + ".dll"), WasCompiled: false, []);
        }

        using PluginBuild build = cache.Begin(key, path);
        CompilerOutput output = build.Run(sdk, name, source, References(path), cancellation);
        var messages = CompilerMessages.Read(output.Text, build.SourceFile(name), path, text);
        if (output.ExitCode != 0)
        {
            throw messages.AsError(path, output.Text);
        }

        return new CompiledPlugin(
            Path.Combine(PluginCache.Keep(build, key, path), name + ".dll"), WasCompiled: true, messages.Warnings);
    }

    // The name is that of the file without what MSBuild would read as more than a name, and none of Cnn's own.
    private string AssemblyName(string path)
    {
        string file = Path.GetFileNameWithoutExtension(path);
        string name = string.Concat(file.Select(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' ? c : '_'));
        return Array.Exists(
            references, r => string.Equals(r.GetName().Name, name, StringComparison.OrdinalIgnoreCase))
            ? name + ".Plugin"
            : name;
    }

    private string[] References(string path) => Array.ConvertAll(
        references,
        reference => reference.Location is { Length: > 0 } file
            ? file
            : throw new CnnException(
                $"the plug-in '{path}' cannot be compiled: {reference.GetName().Name} is no file in this program",
                "name a .dll that was built elsewhere"));

    private string Key(string name, byte[] source, DotnetSdk sdk)
    {
        const int ShownOfName = 40, Digits = 32;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] parts =
        [
            Recipe, name, sdk.Version, Environment.Version.ToString(2),
            .. references.Select(r => $"{r.FullName} {r.ManifestModule.ModuleVersionId}"),
        ];
        foreach (string part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part + "\n"));
        }

        hash.AppendData(source);
        string digest = Convert.ToHexStringLower(hash.GetHashAndReset())[..Digits];
        return $"{(name.Length <= ShownOfName ? name : name[..ShownOfName])}-{digest}";
    }
}
