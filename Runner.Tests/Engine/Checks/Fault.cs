namespace Cnn.Tests.Engine.Checks;

/// <summary>What a <see cref="WrongLayer"/> does wrong.</summary>
public enum Fault
{
    None,
    BottomGradient,
    BottomUnwritten,
    BottomDiffAdds,
    ParameterGradient,
    ParameterOverwritten,
    Threads,
    Repeats,
    Unwritten,
    Allocation,
    InPlace,
    TopValues,
    NoItems,
    Reshaping,
}
