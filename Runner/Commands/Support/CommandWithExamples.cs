using System.CommandLine;

namespace Cnn.Runner.Commands.Support;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class CommandWithExamples(string name, string description, params string[] examples)
    : Command(name, description)
{
    /// <summary>The examples, as whole command lines.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
