using System.CommandLine;

namespace Cnn.Runner.Commands.Support;

/// <summary>A command whose help ends with examples, and whose options may depend on each other.</summary>
internal sealed class CommandWithExamples(string name, string description, params string[] examples)
    : Command(name, description)
{
    /// <summary>The examples, as whole command lines.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>
    /// What must hold of a command line beyond its single options; each returns what is wrong, or null. They are asked
    /// when the options are right.
    /// </summary>
    public IList<Func<ParseResult, string?>> Checks { get; } = [];
}
