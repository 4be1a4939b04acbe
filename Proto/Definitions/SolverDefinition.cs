using System.Runtime.CompilerServices;
using YamlDotNet.Core;

namespace Cnn.Proto;

/// <summary>How a net is trained: read from a file, or put together in code.</summary>
public sealed class SolverDefinition
{
    /// <summary>A definition for a net, its training and its testing phase.</summary>
    /// <param name="net">The net.</param>
    /// <param name="options">
    /// Fields of a solver file: <c>new { type = "Adam", base_lr = 0.001, lr_policy = "fixed", max_iter = 1000 }</c>.
    /// </param>
    /// <param name="file">The caller's file, for errors.</param>
    /// <param name="line">The caller's line, for errors.</param>
    /// <exception cref="CnnException">An option is unknown or of the wrong type.</exception>
    public SolverDefinition(
        NetDefinition net, object options, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        YamlNode map = new OptionTree(new Mark(0, line, 1)).Map(options);
        Sources = net.Sources;
        Files = net.Files;
        Message = (SolverParameter)NetDefinition.Bind(SolverParameter.Descriptor, map, Sources, file);
        Message.NetParam = net.Message;
    }

    private SolverDefinition(Loaded<SolverParameter> loaded)
    {
        Message = loaded.Message;
        Sources = loaded.Sources;
        Files = new PathResolver(loaded.Path);
    }

    internal SolverParameter Message { get; }

    internal SourceMap Sources { get; }

    internal PathResolver Files { get; }

    /// <summary>Reads a solver file: prototxt, YAML or binary.</summary>
    /// <exception cref="CnnException">The file cannot be read or is wrong; all its mistakes.</exception>
    public static SolverDefinition Load(string path) => new(ProtoFile.LoadSolver(path));
}
